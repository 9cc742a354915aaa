"""Makes the rules of reviews, and what is applied of them, of which a test spells out the terms."""

from datetime import date

from services.pricing.reviews.tracks import ReviewRule, Track
from services.pricing.terms.agreed import uplift_for
from services.pricing.terms.pack_yaml import read_terms
from tests.pricing.builders import fixed, framework, indices, terms, wages

APRIL_2026 = date(2026, 4, 1)


def a_rule(*every, effective_from=APRIL_2026, award="final", review_id="R", awarded_on=None):
    """Return a review by some sets of terms; by one of 5 % if none are told."""
    sets = every or (terms(fixed("5", share="1")),)
    return ReviewRule(
        review_id,
        effective_from,
        award,
        tuple(
            Track(each, uplift_for(each, effective_from, indices(), wages(), "final"))
            for each in sets
        ),
        awarded_on,
        "R0" if award == "reversal" else None,
    )


def yaml_of(version="t", *, rate="5", since="2022-04-01", effective="{month: 4, day: 1}", **told):
    """Return one set of terms as it is written; `exclude` and others as their YAML text."""
    lines = [f'- version: "{version}"', f"  effective: {effective}"]
    if "on:" not in effective:
        lines.append(f"  in_force_from: {since}")
    lines.append(f'  components: [{{fixed: "{rate}", share: "1"}}]')
    lines.extend(f"  {key}: {value}" for key, value in told.items())
    return "\n".join(lines)


def terms_file(folder, *sets):
    """Return the review terms that are written in a file."""
    path = folder / "price-review.yaml"
    path.write_text("price_review: t\nterms:\n" + "\n".join(sets) + "\n", encoding="utf-8")
    return read_terms(path, framework())
