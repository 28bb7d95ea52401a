"""The catalogue half of `recount.py`: how many procedures of which kind on a day, counted from the facts alone.

Shares no code with the program. A procedure counts in its newest version that applies on the day and is not abolished.
"""

from datetime import date
from fractions import Fraction

SHARES = {
    "online_share": ("online", "procedures"),
    "full_share": ("full", "procedures"),
    "vertical_received_share": ("vertical_received", "vertical"),
    "process_coverage": ("in_scope_approved", "in_scope"),
}
ONLINE = {"full": "full", "partial": "partial"}
LINKED = {"same_level": "linked_same_level", "cross_level": "linked_cross_level"}


class Catalogue:
    def __init__(self):
        self.versions, self.ends, self.processes = {}, {}, {}
        self.offices, self.reviews = {}, []

    def take(self, kind, data):
        if kind == "procedure.published":
            self.versions.setdefault(data["code"], []).append(data)
        elif kind == "procedure.abolished":
            self.ends.setdefault(data["code"], []).append(data)
        elif kind == "process.approved":
            self.processes.setdefault(data["procedure"], []).append(data["effective_from"])
        elif kind == "procedure.review_proposed":
            self.reviews.append(data)
        elif kind == "office.opened":
            self.offices[data["code"]] = data

    def on(self, day):
        """The records in force; days in ISO form compare as texts."""
        for code, versions in self.versions.items():
            valid = [v for v in versions if applies(v.get("valid_from"), v.get("valid_to"), day)]
            if valid:
                newest = valid[-1]
                ends = self.ends.get(code, [])
                if not any(newest["version"] <= end["version"] and end["from"] <= day for end in ends):
                    yield newest

    def count(self, level, day):
        names = "procedures placements linked_placements fields full partial online vertical vertical_received processes"
        names += " in_scope in_scope_approved must_digitise_components review_proposals units"
        names += " linked_same_level linked_cross_level"
        counts = dict.fromkeys(names.split(), 0)
        counts.update({f"historical_level{n}": 0 for n in (1, 2, 3, 4)})
        fields, decisions = set(), set()
        for record in self.on(day):
            kind = record.get("linkage", {}).get("kind", "none")
            levels = record.get("received_at", {}).get("value", [record["level"]])
            here = [one for one in levels if level in (None, one)]
            counts["placements"] += len(here)
            counts["linked_placements"] += len(here) * (kind != "none")
            if level not in (None, record["level"]):
                continue
            counts["procedures"] += 1
            fields.add((record["field_vi"], record["field_en"]))
            if record["online_level"] in ONLINE:
                counts[ONLINE[record["online_level"]]] += 1
                counts["online"] += 1
            if kind in LINKED:
                counts[LINKED[kind]] += 1
            if "historical_level" in record:
                counts[f"historical_level{record['historical_level']['value']}"] += 1
            counts["vertical"] += "vertical" in record
            counts["vertical_received"] += "vertical" in record and bool(levels)
            approved = any(first <= day for first in self.processes.get(record["code"], []))
            needed = record.get("needs_process", {}).get("value", False)
            counts["processes"] += approved
            counts["in_scope"] += needed
            counts["in_scope_approved"] += needed and approved
            orders = [paper["must_digitise"] for paper in record["components"] if "must_digitise" in paper]
            counts["must_digitise_components"] += len(orders)
            decisions.update(order["decision"] for order in orders)
        counts["fields"] = len(fields)
        counts["must_digitise_decisions"] = len(decisions)
        for review in self.reviews:
            counts["review_proposals"] += review["year"] <= date.fromisoformat(day).year and level in (None, review["level"])
        for office in self.offices.values():
            works = applies(office["valid_from"], office.get("valid_to"), day)
            counts["units"] += works and level in (None, office["level"])
        return counts

    def expected(self, figure, meets):
        """One row as `recount.py` prints it."""
        counts = self.count(figure.get("level"), figure["on"])
        part, whole = SHARES.get(figure["catalogue"], (figure["catalogue"], None))
        measured = Fraction(counts[part])
        told = str(counts[part])
        if whole is not None:
            measured = Fraction(100 * counts[part], counts[whole]) if counts[whole] else None
            told = f"{counts[part]}/{counts[whole]}"
        return {
            "figure": figure["figure"],
            "expected": figure["value"],
            "recount": told,
            "met": measured is not None and meets(figure, measured),
        }


def applies(first, last, day):
    return (first is None or first <= day) and (last is None or day <= last)
