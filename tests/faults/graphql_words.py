"""Random GraphQL: a schema read by introspection, documents that fit it, and documents that are damaged."""

import json
import uuid

DEPTH = "kind name " + "ofType { kind name " * 6 + "}" * 6
INTROSPECTION = (
    "{ __schema { queryType { name } mutationType { name } subscriptionType { name } types { kind name isOneOf"
    " fields(includeDeprecated: true) { name args { name defaultValue type { %s } } type { %s } }"
    " inputFields { name defaultValue type { %s } } enumValues { name } possibleTypes { name } } } }" % (DEPTH, DEPTH, DEPTH)
)

NASTY = [
    "", " ", "\0", "a\0b", "\u202e\u0627\u0644", "\u200f\u200e\u2066x\u2069", "\ufeff", "\ufffe", "\U0001f468\u200d\U0001f469",
    "e\u0301" * 40, "'", '"', "\\", "%", "%00", "%s%n", "${x}", "{{7*7}}", "<script>alert(1)</script>", "'; drop table entry; --",
    "../../../etc/passwd", "\r\nx-evil: 1", "\x1b[31m", "null", "NaN", "-0", "1e999", "0x10", "A" * 300, "\u1ea1" * 2001, "x" * 100_000,
    "*", "H38.40.01'", "\ud7ff\ue000",
]
NUMBERS = [0, 1, -1, 2, 20, 99, 100, 101, 1000, 2**31 - 1, 2**31, -(2**31), -(2**31) - 1, 2**53, 2**63 - 1, 2**63, -(2**63), 2**64, 10**30, -(10**30)]
DAYS = [
    "0000-01-01", "0001-01-01", "9999-12-31", "10000-01-01", "-0001-12-31", "2026-02-29", "2024-02-29", "2026-13-01", "2026-00-00",
    "1582-10-10", "2026-11-29", "2026-12-31", "+275760-09-13", "2026-11-29T00:00:00Z", "-9999-01-01", "2026-1-1",
]
HOURS = [
    "0000-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59-23:59", "10000-01-01T00:00:00Z",
    "2026-11-29T24:00:00Z", "2026-11-29T23:59:60Z", "2026-11-29T10:00:00+07:00", "2026-11-29T10:00:00", "1969-12-31T23:59:59Z",
    "2026-11-29T10:00:00.0000000000000001Z", "-009999-01-01T00:00:00Z", "2026-11-29T10:00:00+99:99",
]


GOOD_DAYS = ["2026-11-29", "2026-12-31", "2027-01-15", "2024-02-29", "0001-01-01", "9999-12-31", "2023-06-30", "2026-01-01"]
GOOD_HOURS = [
    "2026-11-29T10:00:00+07:00", "2026-11-30T03:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "2027-03-01T00:00:00+07:00",
    "1969-12-31T23:59:59Z",
]


class Schema:
    def __init__(self, told):
        self.types = {type["name"]: type for type in told["types"]}
        self.roots = {"query": told["queryType"]["name"], "mutation": told["mutationType"]["name"], "subscription": told["subscriptionType"]["name"]}

    def fields(self, name):
        return self.types[name]["fields"] or []


def named(type):
    while type["ofType"]:
        type = type["ofType"]
    return type["name"]


def written(type):
    match type["kind"]:
        case "NON_NULL":
            return written(type["ofType"]) + "!"
        case "LIST":
            return f"[{written(type['ofType'])}]"
    return type["name"]


class Words:
    """Everything follows from the dice."""

    def __init__(self, schema, known, dice):
        self.schema, self.known, self.dice = schema, known, dice
        self.variables, self.declared, self.fragments = {}, [], []
        self.left = 0
        # How often a value is not what it should be: a document that is wrong everywhere comes no further than the first check.
        self.rude = dice.choice((0.0, 0.0, 0.02, 0.2, 0.7))

    # Values

    def text(self):
        dice = self.dice
        throw = dice.random()
        if throw < 0.5 or dice.random() > self.rude + 0.1:
            return dice.choice(self.known["any"])
        if throw < 0.8:
            return dice.choice(NASTY)
        if throw < 0.9:
            base = dice.choice(self.known["any"])
            at = dice.randrange(len(base) + 1)
            return base[:at] + dice.choice(NASTY)[:50] + base[at:]
        return "".join(
            chr(dice.choice((dice.randrange(32, 127), dice.randrange(0xA0, 0xD7FF), dice.randrange(0, 32), dice.randrange(0x10000, 0x10FFFF))))
            for _ in range(dice.randrange(1, 20))
        )

    def scalar(self, name, field):
        dice = self.dice
        rude = dice.random() < self.rude
        if rude and dice.random() < 0.3:
            return dice.choice([None, True, 1.5, self.text(), dice.choice(NUMBERS), [], {}, [[["x"]]], {"x": {"y": None}}])
        match name:
            case "Boolean":
                return dice.random() < 0.5
            case "Int":
                return dice.choice(NUMBERS) if rude else dice.choice((0, 1, 2, 5, 20, 100, 2**31 - 1))
            case "Float":
                return dice.choice([0.0, -0.0, 1e308, -1e308, 5e-324, 0.1, float(dice.randrange(10**6))])
            case "Long" if field == "minPosition" and dice.random() < 0.98:
                return "0"  # what is not there yet is waited for
            case "Long":
                return str(dice.choice(NUMBERS)) if rude else str(dice.choice((dice.randrange(500), 0, 1, 2**53, 2**63 - 1)))
            case "Date":
                return dice.choice(DAYS if rude else GOOD_DAYS)
            case "DateTime":
                return dice.choice(HOURS if rude else GOOD_HOURS)
            case "UUID":
                return (
                    dice.choice(self.known["uuid"]) if dice.random() < 0.5 else str(uuid.UUID(int=dice.getrandbits(128))) if not rude else self.text()
                )
        for word, pool in self.known.items():
            if word in field.lower() and not rude:
                return dice.choice(pool)
        return self.text()

    def value(self, type, field, depth=0):
        dice = self.dice
        match type["kind"]:
            case "NON_NULL":
                return self.value(type["ofType"], field, depth) if dice.random() > self.rude / 20 else None
            case "LIST":
                if dice.random() < self.rude / 10:
                    return self.value(type["ofType"], field, depth)
                size = dice.choice((0, 1, 1, 2, 3)) if dice.random() < 0.99 else 101
                return [self.value(type["ofType"], field, depth + 1) for _ in range(size)]
            case "ENUM":
                if dice.random() > self.rude / 10:
                    return Enum(dice.choice(self.schema.types[type["name"]]["enumValues"])["name"])
                return dice.choice([Enum("NOT_THERE"), self.text(), 1])
            case "INPUT_OBJECT":
                made, parts = {}, self.schema.types[type["name"]]["inputFields"]
                if self.schema.types[type["name"]].get("isOneOf") and dice.random() > self.rude / 10:
                    part = dice.choice(parts)
                    return {part["name"]: self.value(part["type"], part["name"], depth + 1) or self.text()}
                for part in parts:
                    needed = part["type"]["kind"] == "NON_NULL"
                    if (needed and dice.random() > self.rude / 10) or (not needed and depth < 5 and dice.random() < 0.3):
                        made[part["name"]] = self.value(part["type"], part["name"], depth + 1)
                if dice.random() < self.rude / 20:
                    made[dice.choice(["notThere", "__typename", "a" * 500])] = self.text()
                return made
        return self.scalar(type["name"], field)

    def given(self, argument):
        """An argument's value, written into the document or given as a variable."""
        value = self.value(argument["type"], argument["name"])
        if self.dice.random() < 0.5:
            name = f"v{len(self.declared)}"
            type = written(argument["type"])
            if self.dice.random() < self.rude / 10:
                type = self.dice.choice(["Int", "String!", "[[Boolean]]", "NotThere", "Query", "Long"])
            self.declared.append(f"${name}: {type}")
            if self.dice.random() > self.rude / 10:
                self.variables[name] = value
            return f"${name}"
        return literal(value)

    # Documents

    def selection(self, name, depth):
        """`{ … }` of a type with fields, or nothing of a leaf."""
        dice, type = self.dice, self.schema.types[name]
        if type["kind"] in ("SCALAR", "ENUM"):
            return ""
        if type["kind"] == "UNION" or (type["kind"] == "INTERFACE" and dice.random() < 0.5):
            possible = [one["name"] for one in type["possibleTypes"]]
            chosen = dice.sample(possible, min(len(possible), 2))
            return " { __typename " + " ".join(f"... on {one}{self.selection(one, depth + 1)}" for one in chosen) + " }"
        fields = type["fields"]
        leaves = [field for field in fields if self.schema.types[named(field["type"])]["kind"] in ("SCALAR", "ENUM")]
        pool = fields if depth < 7 and self.left > 0 else leaves
        count = min(len(pool), dice.choice((1, 2, 3, 5, 8)))
        chosen = dice.sample(pool, count) if pool else []
        parts = ["__typename"] if not chosen or dice.random() < 0.1 else []
        parts += [self.field(field, depth) for field in chosen]
        if dice.random() < 0.04:
            fragment = f"F{len(self.fragments)}"
            self.fragments.append(f"fragment {fragment} on {name} {{ {' '.join(parts)} }}")
            return f" {{ ...{fragment} }}"
        return " { " + " ".join(parts) + " }"

    def field(self, field, depth):
        dice = self.dice
        self.left -= 1
        arguments = []
        for argument in field["args"]:
            needed = argument["type"]["kind"] == "NON_NULL"
            if (needed and dice.random() > self.rude / 10) or (not needed and dice.random() < 0.4):
                arguments.append(f"{argument['name']}: {self.given(argument)}")
        text = field["name"]
        if dice.random() < 0.1:
            text = f"a{dice.randrange(1000)}: {text}"
        if arguments:
            text += f"({', '.join(arguments)})"
        if dice.random() < self.rude / 10:
            text += dice.choice([" @include(if: true)", " @skip(if: $v0)", " @deprecated", " @notThere(x: 1)", " @include(if: true)" * 30])
        return text + self.selection(named(field["type"]), depth + 1)

    def document(self):
        """(document, variables): fits the schema but for a value here and there."""
        dice = self.dice
        kind = dice.choices(("query", "mutation", "subscription"), (60, 36, 4))[0]
        self.left = dice.choice((5, 15, 40, 120))
        fields = self.schema.fields(self.schema.roots[kind])
        chosen = dice.sample(fields, dice.choice((1, 1, 1, 2, 4)) if kind == "query" else 1)
        body = " ".join(self.field(field, 1) for field in chosen)
        head = kind + (f"({', '.join(self.declared)})" if self.declared else "")
        return f"{head} {{ {body} }} {' '.join(self.fragments)}", self.variables

    def damaged(self):
        """A document that breaks one rule on purpose, or is torn."""
        dice = self.dice
        text, variables = self.document()
        match dice.randrange(14):
            case 0:
                depth = dice.choice((14, 16, 64, 65, 1000, 20_000))
                text = "{ " + "journal { " * depth + "size" + " }" * depth + " }"
            case 1:
                count = dice.choice((51, 300, 3000))
                text = "{ " + " ".join(f"a{n}: __typename" for n in range(count)) + " }"
            case 2:
                text = "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }"
            case 3:
                text = doubling(dice.randrange(1, 12), dice.choice(["", "{ __typename }", "{ ...F0 }"]))
            case 4:
                text = "query(" + ", ".join(f"$v{n}: Int = {dice.choice(NUMBERS)}" for n in range(dice.choice((1, 500)))) + ") { __typename }"
            case 5:
                text = "{ __type(name: " + json.dumps(dice.choice(NASTY)) + ") { name } }"
            case 6:
                brackets = dice.choice((10, 63, 65, 5000))
                text = "{ dossiers(filter: {statuses: " + "[" * brackets + "]" * brackets + "}) { totalCount } }"
            case 7:
                text = text.replace(dice.choice(["{", "(", ":", "}"]), dice.choice(["", "{{", "))", "::", "$", "@", "...", "\0"]), 1)
            case 8:
                text = text[: dice.randrange(len(text) + 1)]
            case 9:
                at = dice.randrange(len(text) + 1)
                text = text[:at] + dice.choice(NASTY) + text[at:]
            case 10:
                variables = dice.choice(
                    [
                        None, [], "x", 7, {"v0": {"a": [1] * 1000}}, {str(n): n for n in range(2000)}, {"v0": 10**400},
                        nested(dice.choice((50, 200, 5000))),
                    ]
                )
            case 11:
                text = dice.choice(
                    [
                        "",
                        " ",
                        "#",
                        "\ufeff{ __typename }",
                        "{",
                        "query",
                        "mutation { }",
                        "subscription { a b }",
                        '{ a(b: """x) }',
                        "query A { __typename } query B { __typename }",
                        "{ __schema { types { fields { type { fields { type { fields { type { name } } } } } } } } }",
                        '{ a(b: "\\uD800") }',
                        '{ a(b: "\\u{110000}") }',
                        "type A { b: Int }",
                        "{ a(b: 1" + "0" * 5000 + ") }",
                        "{ a(b: -) }",
                        "{ a(b: 1e) }",
                    ]
                )
            case 12:
                field = dice.choice(self.schema.fields(self.schema.roots["query"]))["name"]
                text = "{ " + " ".join(f"{field}{dice.choice(['', '(first: 1)', '{ id }', ': x'])}" for _ in range(30)) + " }"
            case 13:
                text = "{ " + " ".join("__typename @include(if: true)" + " @skip(if: false)" * dice.choice((1, 11, 200)) for _ in range(3)) + " }"
        return text, variables


def doubling(levels, end):
    """Fragments that each spread the next one twice."""
    last = f" fragment F{levels} on Query {end}" if end else ""
    return "{ ...F0 } " + " ".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(levels)) + last


class Enum(str):
    """Written without quotes."""


def literal(value):
    match value:
        case Enum():
            return str(value)
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case list():
            return "[" + ", ".join(map(literal, value)) + "]"
        case dict():
            return "{" + ", ".join(f"{name}: {literal(part)}" for name, part in value.items()) + "}"
        case float():
            return repr(value).replace("inf", "1e999").replace("nan", "0")
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value)


def nested(depth):
    made = {"v0": 1}
    for _ in range(min(depth, 400)):
        made = {"v0": [made]}
    return made
