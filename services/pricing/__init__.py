"""What does each placement cost, from which day?"""
