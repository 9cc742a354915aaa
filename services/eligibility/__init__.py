"""Which agencies may be offered this child?"""
