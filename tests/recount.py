#!/usr/bin/env python3
"""Counts a journal again from its facts alone, with code of its own: `motcua export --since 0 | tests/recount.py`.

Input: one fact per line, as exported; the line number is the position. From these it folds every acceptance, works
out every due date anew from the calendars, policies and office hours that the journal itself declares, and counts
what came in, was settled early, on time or late, was closed without settlement and is pending, per office, per level
and in all. Output: JSON. Exit code 1 when a due date or an expected figure (`--expect scenarios/X.json`) differs.

Nothing but the standard library, and nothing of the program's code. All days are days in Vietnam (UTC+7).
"""

import argparse
import calendar as months_of
import json
import sys
from datetime import date, datetime, time, timedelta, timezone
from fractions import Fraction

from recount_catalogue import Catalogue

HANOI = timezone(timedelta(hours=7))
ONE_DAY = timedelta(days=1)
USUAL_HOURS = [(time(7), time(11, 30)), (time(13, 30), time(17))]
SETTLED_BY = {"dossier.result_signed": "completed", "dossier.resolution_refused": "refused"}
CLOSED_BY = {
    "dossier.withdrawal_granted": "withdrawn",
    "dossier.processing_stopped": "stopped",
    "dossier.redirected": "redirected",
}


def moment(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(HANOI)


class Calendar:
    """Working days, as declared so far. A later declaration of a year replaces the earlier one."""

    def __init__(self):
        self.years = {}
        self.known = {}

    def declare(self, data):
        first = date.fromisoformat(data["from"]) if data.get("from") else date(data["year"], 1, 1)
        off = {date.fromisoformat(day) for day in data["days_off"]}
        worked = {date.fromisoformat(day) for day in data["working_saturdays"]}
        self.years[data["year"]] = (first, off, worked)
        self.known = {}

    def works(self, day):
        if day not in self.known:
            first, off, worked = self.years[day.year]
            if day < first:
                raise KeyError(day)
            weekday = day.weekday()
            self.known[day] = day in worked if weekday == 5 else weekday < 5 and day not in off
        return self.known[day]

    def on_or_after(self, day):
        while not self.works(day):
            day += ONE_DAY
        return day

    def after(self, day):
        return self.on_or_after(day + ONE_DAY)

    def days_between(self, first, last):
        """Working days after `first` up to and with `last`."""
        if last < first:
            return -self.days_between(last, first)
        days = 0
        while first < last:
            first += ONE_DAY
            days += self.works(first)
        return days


def at(day, hour):
    return datetime.combine(day, hour, tzinfo=HANOI)


class Clock:
    """When a result is due, under one calendar, one office's hours and one policy."""

    def __init__(self, calendar, hours, policy):
        self.calendar = calendar
        self.hours = hours
        self.cutoff = time.fromisoformat(policy["same_day_cutoff"])
        self.shifts = policy["day_off_receipt_counts_next_working_day"]

    def closing(self, day):
        return at(self.calendar.on_or_after(day), self.hours[-1][1])

    def first_day(self, received):
        day = received.date()
        return self.calendar.on_or_after(day) if self.shifts else day

    def work(self, start, left):
        """The instant at which so much office time has passed since `start`."""
        day = start.date()
        while True:
            if self.calendar.works(day):
                for opens, closes in self.hours:
                    begin = max(at(day, opens), start)
                    room = at(day, closes) - begin
                    if left <= room:
                        return begin + left
                    left -= max(room, timedelta())
            day += ONE_DAY

    def worked(self, start, end):
        day, sum_ = start.date(), timedelta()
        while day <= end.date():
            if self.calendar.works(day):
                for opens, closes in self.hours:
                    part = min(at(day, closes), end) - max(at(day, opens), start)
                    sum_ += max(part, timedelta())
            day += ONE_DAY
        return sum_

    def count(self, limit, received):
        """The day (or, for limits in hours, the instant) at which the limit runs out; not yet moved off days off."""
        unit, value = limit["unit"], limit.get("value")
        if unit == "same_day":
            day = received.date()
            late = self.calendar.works(day) and received.time() > self.cutoff
            return self.calendar.after(day) if late else self.calendar.on_or_after(day)
        if unit == "working_days":
            return self.plus(self.first_day(received), value)
        if unit == "calendar_days":
            return received.date() + timedelta(days=value)
        if unit == "months":
            total = received.month - 1 + value
            year, month = received.year + total // 12, total % 12 + 1
            return date(year, month, min(received.day, months_of.monthrange(year, month)[1]))
        if unit == "working_hours":
            return self.work(received, timedelta(hours=value))
        raise ValueError(unit)

    def plus(self, day, days):
        for _ in range(days):
            day = self.calendar.after(day)
        return day

    def settle(self, due):
        return due if isinstance(due, datetime) else self.closing(due)

    def promise(self, limit, received):
        return self.settle(self.count(limit, received))

    def renewed(self, limit, model, received, pauses):
        """After answered supplements: the whole limit again, or what was left of it when it was asked."""
        if model == "reset":
            return self.promise(limit, pauses[-1][1])
        due = self.count(limit, received)
        for asked, answered in pauses:
            if asked > self.settle(due):
                continue
            if limit["unit"] == "same_day":
                due = self.count(limit, answered)
            elif isinstance(due, datetime):
                due = self.work(answered, self.worked(asked, due))
            else:
                if limit["unit"] == "working_days":
                    left = min(self.calendar.days_between(asked.date(), due), limit["value"])
                    due = self.plus(self.first_day(answered), max(left, 0))
                else:
                    due = answered.date() + max(due - asked.date(), timedelta())
                if at(due, self.hours[-1][1]) < answered:
                    due += ONE_DAY
        return self.settle(due)


class Turn:
    """The time an accepted dossier spends under one office's clock."""

    __slots__ = (
        "office", "channel", "procedure", "limit", "model", "clock", "received", "dues", "own",
        "pauses", "asked", "ended", "kind", "position",
    )


class NoFacts(Exception):
    """The input is not what `motcua export` writes."""


def fact_of(line, number):
    try:
        fact = json.loads(line)
    except ValueError:
        fact = None
    if not isinstance(fact, dict) or not {"type", "data", "stream"} <= fact.keys():
        raise NoFacts(f"line {number} is not a fact: give the output of `motcua export`, one JSON object per line")
    return fact


class Recount:
    def __init__(self):
        self.calendar = Calendar()
        self.policies = {}
        self.offices = {}
        self.channels = {}
        self.turns = []
        self.running = {}
        self.clocks = {}
        self.differences = []
        self.facts = 0
        self.catalogue = Catalogue()

    def read(self, lines, since=0):
        for position, line in enumerate(lines, since):
            if line.strip():
                self.take(position, fact_of(line, position - since + 1))
                self.facts += 1
        for turn in self.turns:
            if turn.dues[-1][1] != turn.own:
                self.differ(turn.position, turn.own, turn.dues[-1][1], "in the end")
        return self

    def differ(self, position, own, recorded, what):
        self.differences.append(
            {"position": position, "what": what, "recount": own.isoformat(), "recorded": recorded.isoformat()}
        )

    def take(self, position, fact):
        kind, data, stream = fact["type"], fact["data"], fact["stream"]
        self.catalogue.take(kind, data)
        if kind == "calendar.declared":
            self.calendar.declare(data)
        elif kind == "policy.adopted":
            self.policies[f"{data['code']}/{data['version']}"] = data
        elif kind == "office.opened":
            self.offices[data["code"]] = data
        elif kind in ("dossier.submitted", "dossier.lodged"):
            self.channels[stream] = data["channel"], data["procedure"]
        elif kind == "dossier.accepted":
            self.accept(position, fact)
        elif stream in self.running:
            self.follow(position, fact, self.running[stream])

    def clock(self, office, policy):
        key = office, policy
        if key not in self.clocks:
            hours = self.offices.get(office, {}).get("hours")
            spans = [(time.fromisoformat(s["from"]), time.fromisoformat(s["to"])) for s in hours or []]
            self.clocks[key] = Clock(self.calendar, spans or USUAL_HOURS, self.policies[policy])
        return self.clocks[key]

    def accept(self, position, fact):
        data, recorded = fact["data"], fact["recorded_at"]
        turn = Turn()
        turn.position = position
        turn.office = data["office"]
        turn.channel, turn.procedure = self.channels[fact["stream"]]
        turn.limit, turn.model = data["limit"], data["supplement_clock"]
        turn.clock = self.clock(turn.office, fact["policy"])
        turn.received = moment(fact.get("received_at", recorded))
        due = moment(data["due_at"])
        turn.dues = [(moment(recorded), due)]
        turn.own = turn.clock.promise(turn.limit, turn.received)
        if turn.own != due:
            self.differ(position, turn.own, due, "the promise")
            turn.own = due
        turn.pauses, turn.asked, turn.ended, turn.kind = [], None, None, None
        self.turns.append(turn)
        self.running[fact["stream"]] = turn

    def follow(self, position, fact, turn):
        kind, data = fact["type"], fact["data"]
        if kind in SETTLED_BY or kind in CLOSED_BY:
            turn.ended = moment(fact["recorded_at"])
            turn.kind = SETTLED_BY.get(kind) or CLOSED_BY[kind]
            del self.running[fact["stream"]]
        elif kind in ("dossier.supplement_requested", "dossier.supplement_still_deficient"):
            turn.asked = moment(fact["recorded_at"])
        elif kind == "dossier.supplement_submitted":
            if turn.asked:
                turn.pauses.append((turn.asked, moment(fact["recorded_at"])))
                turn.asked = None
        elif kind == "dossier.supplement_accepted":
            if turn.pauses:
                turn.own = turn.clock.renewed(turn.limit, turn.model, turn.received, turn.pauses)
        elif kind == "dossier.due_date_recomputed":
            due = moment(data["new"])
            turn.dues.append((moment(fact["recorded_at"]), due))
            if data["cause"] == "notice":
                turn.own = turn.clock.promise(turn.limit, turn.received)
            if turn.own != due:
                self.differ(position, turn.own, due, "after a supplement or notice")
                turn.own = due
        elif kind == "dossier.apology_issued":
            self.apologise(position, fact, turn)

    def apologise(self, position, fact, turn):
        """Moves the promise only when it came early enough and was not one too many."""
        data, recorded = fact["data"], moment(fact["recorded_at"])
        policy = self.policies[fact["policy"]]
        new = moment(data["new_due_at"])
        ahead = self.calendar.days_between(recorded.date(), turn.own.date())
        lawful = ahead >= policy["apology_working_days_before"] and data["number"] <= policy["max_apologies"]
        if turn.clock.closing(new.date()) != new or lawful != data["moves_promise"]:
            self.differ(position, turn.clock.closing(new.date()), new, "an apology")
        if lawful:
            turn.own = turn.clock.closing(new.date())
        if data["moves_promise"]:
            turn.dues.append((recorded, new))

    def count(self, chosen, first, last, comparison):
        """`chosen` tells which turns; `first` and `last` are days and both count."""
        names = (
            "received", "online", "carried_over", "settled", "early", "on_time", "late", "closed",
            "withdrawn", "stopped", "redirected", "pending", "in_time", "overdue",
        )
        counts = dict.fromkeys(names, 0)
        for turn in self.turns:
            received = turn.received.date()
            ended = turn.ended.date() if turn.ended else None
            if not chosen(turn) or received > last or (ended and ended < first):
                continue
            if received >= first:
                counts["received"] += 1
                counts["online"] += turn.channel == "online"
            else:
                counts["carried_over"] += 1
            due = [due for when, due in turn.dues if when.date() <= last][-1]
            if ended is None or ended > last:
                end = at(last, time(23, 59, 59))
                counts["pending"] += 1
                counts["overdue" if compare(end, due, comparison) > 0 else "in_time"] += 1
            elif turn.kind in SETTLED_BY.values():
                counts["settled"] += 1
                counts[("early", "on_time", "late")[compare(turn.ended, due, comparison) + 1]] += 1
            else:
                counts["closed"] += 1
                counts[turn.kind] += 1
        return counts

    def level(self, turn):
        return self.offices[turn.office]["level"]

    def table(self, first, last, comparison):
        rows = {"all": self.count(lambda turn: True, first, last, comparison)}
        for level in sorted({office["level"] for office in self.offices.values()}):
            rows[f"level {level}"] = self.count(lambda turn: self.level(turn) == level, first, last, comparison)
        for code in sorted(self.offices):
            rows[f"office {code}"] = self.count(lambda turn: turn.office == code, first, last, comparison)
        return rows

    def expected(self, figure):
        if "catalogue" in figure:
            return self.catalogue.expected(figure, meets)
        first, last = date.fromisoformat(figure["from"]), date.fromisoformat(figure["to"])
        unit, level, channel = figure.get("unit"), figure.get("level"), figure.get("channel")

        def chosen(turn):
            return (
                (unit is None or turn.office == unit)
                and (level is None or self.level(turn) == level)
                and (channel is None or turn.channel == channel)
            )

        counts = self.count(chosen, first, last, figure["comparison"])
        measured = measure(figure["measure"], counts)
        return {
            "figure": figure["figure"],
            "expected": figure["value"],
            "recount": printed(figure["measure"], counts, measured),
            "met": measured is not None and meets(figure, measured),
        }


def compare(end, due, comparison):
    """-1, 0 or 1: by the day, or by the minute."""
    if comparison == "DATE":
        a, b = end.date(), due.date()
    else:
        a, b = (when.replace(second=0, microsecond=0) for when in (end, due))
    return (a > b) - (a < b)


def parts(name, counts):
    """How many, of how many; of nothing when it is no share."""
    counts = dict(counts, early_and_on_time=counts["early"] + counts["on_time"])
    if not name.endswith("_share"):
        return counts[name], None
    return counts[name.removesuffix("_share")], counts["received" if name == "online_share" else "settled"]


def measure(name, counts):
    part, whole = parts(name, counts)
    if whole is None:
        return Fraction(part)
    return Fraction(100 * part, whole) if whole else None


def printed(name, counts, measured):
    """A count as it is; a share in per cent, cut after two digits, with both its numbers."""
    part, whole = parts(name, counts)
    if whole is None:
        return str(part)
    if measured is None:
        return None
    hundredths = (measured * 100).__floor__()
    return f"{hundredths // 100}.{hundredths % 100:02d} % ({part}/{whole})"


def meets(figure, measured):
    text = figure["value"].removesuffix("%")
    if text.startswith(">"):
        return measured > Fraction(text[1:])
    if not figure["value"].endswith("%"):
        return measured == Fraction(text)
    unit = 10 ** len(text.partition(".")[2])
    half = Fraction(0) if figure.get("rounding") == "truncate" else Fraction(1, 2)
    return Fraction((measured * unit + half).__floor__(), unit) == Fraction(text)


def period(recount):
    days = [turn.received.date() for turn in recount.turns]
    days += [turn.ended.date() for turn in recount.turns if turn.ended]
    return (min(days), max(days)) if days else (date(1970, 1, 1), date(1970, 1, 1))


def fail(why):
    print(f"recount: {why}", file=sys.stderr)
    return 3


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("file", nargs="?", help="exported facts; standard input when absent")
    options.add_argument("--since", type=int, default=0, help="the position of the first line")
    options.add_argument("--from", dest="first", type=date.fromisoformat, help="first day; of all facts when absent")
    options.add_argument("--to", dest="last", type=date.fromisoformat, help="last day; of all facts when absent")
    options.add_argument("--expect", metavar="SCENARIO", help="a scenario file whose expected figures must be met")
    options.add_argument("--self-test", action="store_true", help="try this program on a history of its own")
    given = options.parse_args()
    if given.self_test:
        return self_test()
    try:
        recount = Recount().read(open(given.file, encoding="utf-8") if given.file else sys.stdin, given.since)
    except NoFacts as error:
        return fail(error)
    except OSError as error:
        return fail(f"{error.filename}: {error.strerror}")
    except UnicodeDecodeError:
        return fail("the input is no text in UTF-8: give the output of `motcua export`")
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        return fail(f"a fact is not as this program knows it ({type(error).__name__}: {error}); was it exported from position 0?")
    if not recount.facts:
        return fail("no facts at all: give the output of `motcua export`")
    first, last = period(recount)
    first, last = given.first or first, given.last or last
    answer = {
        "facts": recount.facts,
        "acceptances": len(recount.turns),
        "from": first.isoformat(),
        "to": last.isoformat(),
        "due_differences": recount.differences,
        "DATE": recount.table(first, last, "DATE"),
        "TIMESTAMP": recount.table(first, last, "TIMESTAMP"),
    }
    met = not recount.differences
    if given.expect:
        try:
            with open(given.expect, encoding="utf-8") as file:
                figures = json.load(file)["expected"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            return fail(f"{given.expect} is no scenario with expected figures ({error})")
        answer["expected"] = [recount.expected(figure) for figure in figures]
        met = met and all(row["met"] for row in answer["expected"])
    json.dump(answer, sys.stdout, ensure_ascii=False, indent=1)
    print()
    return 0 if met else 1


class History:
    """Facts as an export would give them, for the self-test."""

    def __init__(self, days_off=()):
        self.facts = []
        self.add("*", "calendar.declared", "2023-01-01T00:00", year=2023, days_off=list(days_off), working_saturdays=[])
        self.add(
            "*", "policy.adopted", "2023-01-01T00:00", code="p", version=1, same_day_cutoff="15:00:00",
            day_off_receipt_counts_next_working_day=True, apology_working_days_before=1, max_apologies=1,
        )
        for code, level in (("H99.1", "district"), ("H99.1.1", "commune")):
            self.add("*", "office.opened", "2023-01-01T00:00", code=code, level=level)

    def add(self, stream, kind, local, **data):
        recorded = at(date.fromisoformat(local[:10]), time.fromisoformat(local[11:])).astimezone(timezone.utc)
        text = recorded.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        fact = {"stream": stream, "type": kind, "data": data, "recorded_at": text, "policy": "p/1"}
        self.facts.append(json.dumps(fact))

    def accept(self, stream, local, limit, due, office="H99.1.1", channel="counter", model="reset"):
        self.add(stream, "dossier.lodged", local, channel=channel, procedure="1.000000")
        due_at = datetime.fromisoformat(due).replace(tzinfo=HANOI).isoformat()
        self.add(
            stream, "dossier.accepted", local, office=office, limit=limit, supplement_clock=model, due_at=due_at
        )

    def recount(self):
        return Recount().read(self.facts)


def self_test():
    same_day, three = {"unit": "same_day"}, {"unit": "working_days", "value": 3}
    history = History(days_off=["2023-03-08"])
    history.accept("a", "2023-03-06T14:59", same_day, "2023-03-06T17:00")
    history.add("a", "dossier.result_signed", "2023-03-06T16:30")
    history.accept("b", "2023-03-07T15:01", same_day, "2023-03-09T17:00", office="H99.1", channel="online")
    history.add("b", "dossier.result_signed", "2023-03-09T17:00:59")
    history.accept("c", "2023-03-06T09:00", three, "2023-03-10T17:00")
    history.add("c", "dossier.supplement_requested", "2023-03-07T09:00")
    history.add("c", "dossier.supplement_submitted", "2023-03-11T20:00")
    history.add("c", "dossier.supplement_accepted", "2023-03-13T08:00")
    moved = at(date(2023, 3, 16), time(17)).isoformat()
    history.add("c", "dossier.due_date_recomputed", "2023-03-13T08:00", new=moved, cause="supplement")
    apology = at(date(2023, 3, 20), time(17)).isoformat()
    history.add("c", "dossier.apology_issued", "2023-03-15T16:00", number=1, new_due_at=apology, moves_promise=True)
    history.add("c", "dossier.result_signed", "2023-03-21T07:30")
    history.accept("d", "2023-03-06T09:00", three, "2023-03-15T17:00", model="pause")
    history.add("d", "dossier.withdrawal_granted", "2023-03-07T09:00")
    history.accept("e", "2023-03-20T09:00", three, "2023-03-23T17:00")
    recount = history.recount()
    assert [row["position"] for row in recount.differences] == [19], recount.differences  # only d is promised wrongly

    first, last = date(2023, 3, 1), date(2023, 3, 31)
    by_date = recount.table(first, last, "DATE")
    wanted = dict(
        received=5, online=1, carried_over=0, settled=3, early=0, on_time=2, late=1, closed=1, withdrawn=1,
        stopped=0, redirected=0, pending=1, in_time=0, overdue=1,
    )
    assert by_date["all"] == wanted, by_date["all"]
    assert by_date["level district"]["received"] == 1 and by_date["office H99.1.1"]["received"] == 4
    by_minute = recount.table(first, last, "TIMESTAMP")["all"]
    assert (by_minute["early"], by_minute["on_time"], by_minute["late"]) == (1, 1, 1), by_minute
    then = recount.count(lambda turn: True, date(2023, 3, 8), date(2023, 3, 15), "DATE")
    assert (then["received"], then["carried_over"], then["pending"], then["in_time"]) == (0, 2, 1, 1), then

    other = History()  # the same promises, had the 8th been worked
    other.accept("b", "2023-03-07T15:01", same_day, "2023-03-09T17:00")
    assert len(other.recount().differences) == 1
    test_clock()
    test_figures(recount)
    print("the recount agrees with itself")
    return 0


def test_clock():
    calendar = Calendar()
    calendar.declare({"year": 2023, "days_off": ["2023-09-01", "2023-09-04"], "working_saturdays": ["2023-09-09"]})
    policy = {"same_day_cutoff": "15:00:00", "day_off_receipt_counts_next_working_day": True}
    clock = Clock(calendar, USUAL_HOURS, policy)

    def due(unit, value, received):
        return clock.promise({"unit": unit, "value": value}, at(*received)).replace(tzinfo=None).isoformat()[:16]

    assert due("working_days", 5, (date(2023, 10, 27), time(9, 32))) == "2023-11-03T17:00"
    assert due("working_days", 1, (date(2023, 8, 31), time(9))) == "2023-09-05T17:00"
    assert due("working_days", 1, (date(2023, 9, 2), time(9))) == "2023-09-06T17:00"
    assert due("working_days", 1, (date(2023, 9, 8), time(9))) == "2023-09-09T17:00"
    assert due("calendar_days", 2, (date(2023, 8, 31), time(9))) == "2023-09-05T17:00"
    assert due("months", 1, (date(2023, 1, 31), time(9))) == "2023-02-28T17:00"
    assert due("working_hours", 4, (date(2023, 10, 27), time(15, 30))) == "2023-10-30T09:30"
    limit = {"unit": "working_days", "value": 5}
    pause = [(at(date(2023, 10, 30), time(9)), at(date(2023, 11, 8), time(9)))]
    paused = clock.renewed(limit, "pause", at(date(2023, 10, 27), time(9)), pause)
    assert paused == at(date(2023, 11, 14), time(17)), paused


def test_figures(recount):
    def figure(measure_, value, **more):
        asked = {"figure": value, "from": "2023-03-01", "to": "2023-03-31", "comparison": "DATE"}
        return recount.expected(dict(asked, measure=measure_, value=value, **more))["met"]

    assert figure("received", "5") and not figure("received", "4") and figure("received", ">4")
    assert figure("early_and_on_time_share", "66.7%") and figure("early_and_on_time_share", "66.6%", rounding="truncate")
    assert figure("late", "0", level="district") and figure("late", "1", unit="H99.1.1")
    march = recount.count(lambda turn: True, date(2023, 3, 1), date(2023, 3, 31), "DATE")
    share = "early_and_on_time_share"
    assert printed(share, march, measure(share, march)) == "66.66 % (2/3)"
    assert printed("received", march, measure("received", march)) == "5"
    assert figure("online_share", "100%", channel="online") and not figure("early_share", "0%", unit="H99.9")


if __name__ == "__main__":
    sys.exit(main())
