"""Let rulebooks be withdrawn before they begin, by a word that older code does not know.

Older code would let a withdrawn rulebook decide when its day comes. Until one is withdrawn it may
start and go on; whoever withdraws the first makes this step the floor
(`activations.let_no_older_code_start`).
"""

revision = "0006"
down_revision = "0005"
floor = "0003"


def upgrade() -> None:
    """Change no table: the step only tells code that knows the word from code that does not."""
