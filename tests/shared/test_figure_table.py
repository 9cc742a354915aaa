"""Tables of figures on narrow terminals."""

import pytest

from shared.figure_table import figure_table, print_figures


@pytest.mark.parametrize("columns", ["40", "80", "200"])
def test_no_figure_is_cut_short_on_a_terminal_of_any_width(columns, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", columns)
    figures = [f"{number * 111_111_111}.{number}{number}" for number in range(1, 9)]
    table = figure_table("service line", *(f"a long heading {n}" for n in range(8)))
    table.add_row("looked_after_disability of an agency with a long name", *figures)

    print_figures(table)

    said = capsys.readouterr().out
    assert all(figure in said for figure in figures)


def test_a_table_that_fits_is_no_wider_than_the_terminal(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    table = figure_table("purchaser", *(f"figure number {n}" for n in range(5)))
    table.add_row("kent", *(["1976195.51"] * 5))

    print_figures(table)

    assert max(len(line) for line in capsys.readouterr().out.splitlines()) <= 80
