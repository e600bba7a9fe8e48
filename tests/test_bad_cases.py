"""The gatekeeper: every way to break a case gives one clear line, and never a traceback.

Each test copies the shipped case, breaks it in one way, and asks for a `CaseError` with a
problem that names the file, the line (within two) and what is wrong.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jukushi.case.sections import CAMPAIGN_FILES, OPTIONAL_FILES, SECTIONS
from jukushi.case.tables import TABLES
from jukushi.errors import CaseError, Problem, UsageError
from jukushi.world.vocabulary import open_case

ONE_LINE = re.compile(r"[a-z_./]+:\d+: \S.*")
EVERY_FILE = (*SECTIONS, *(f"tables/{name}.csv" for name in TABLES))


@dataclass(frozen=True)
class Bad:
    """One way to break a case by replacing a text, and the problem that must come of it.

    The line expected is that of the first changed character, unless `at` gives another text
    to look for (a key that is missing has no line: its owner's line is shown). A new
    value ends in ``#``, so that the case's own, which calibration may change, becomes a remark.
    `problem_in` is the file that is blamed when it is not the one that was broken.
    """

    name: str
    file: str
    old: str
    new: str
    words: str
    near: str = ""
    after: str = ""
    at: str = ""
    problem_in: str = ""


PARAMETERS = "parameters.yaml"
FACTORS = "factors.yaml"
DOCTRINES = "doctrines.yaml"
CALENDAR = "calendar.yaml"
SCHEDULES = "schedules.yaml"
PACTS = "pacts.yaml"
PLANS = "plans.yaml"
LINKS = "tables/links.csv"
FORCES = "tables/forces.csv"
OUTCOMES = "outcomes.yaml"
CAMPAIGNS = "campaigns.yaml"
SURFACE = "surface.yaml"
WORKS = "tables/works.csv"
PORTS = "tables/ports.csv"
DEPOTS = "tables/depots.csv"
ORDERS = "tables/order_of_battle.csv"
LEVERS = "levers.yaml"
RECORD = "record.yaml"
CLAIMS = "claims.yaml"
BASE_RATES = "base_rates.yaml"
HYPOTHESES = "hypotheses.yaml"

SPREAD = "id: season_spread"
OPENING = "id: opening_mobility"
FLOOR = "id: floor_low"
SEVERITY = "id: season_severity"
RIPE = '"resolve - log(ratio)"'
GERMAN_FRONT = "id: axis_men_start"
FIRST_WINDOW = "year: 1941, decide_from: 1941-06-30"
RULE = '"threat_belief >= hold_threat and front_km >= strip_front_km"'
FREE = '"shipping_free - shipping_north"'
SIXTEEN = "  - id: kantokuen_16\n"
STORM = "  - id: august_storm\n"
NO_SHELLS = '"supply < 0.5 or stock < 2"'
BROKEN = '"lost >= 0.5 or lost + (1 - lost) * cut_share >= 0.6"'
FIRST_PATH = "path: [suifenho, grodekovo, voroshilov, vladivostok]"
SHIPPED_ICE = "sovetskaya_gavan,1200,01-01,03-31"
FIRST_ARMY = "grodekovo,,4,85000,600,1500,0,0.3,0"
TAKEN = "  - id: vladivostok_by_end_1941\n"

KINDS = [
    # values of the wrong kind
    Bad(
        "text for a number", PARAMETERS, "value: ", "value: plenty #", "valid number", after=SPREAD
    ),
    Bad(
        "list for a number", PARAMETERS, "value: ", "value: [1, 2] #", "valid number", after=SPREAD
    ),
    Bad("number for a text", "case.yaml", "id: kantokuen", "id: 41", "valid string"),
    Bad("text for a list", "case.yaml", "by_end_1941", "by_end_1941\n  extra: 1", "unknown key"),
    Bad("infinite", PARAMETERS, "value: ", "value: .inf #", "number", after=SPREAD),
    Bad("not a number", PARAMETERS, "value: ", "value: .nan #", "number", after=SPREAD),
    Bad("word nan", PARAMETERS, "value: ", "value: nan #", "finite number", after=SPREAD),
    Bad("huge number", PARAMETERS, "value: ", "value: 1e400 #", "finite number", after=SPREAD),
    Bad("huge dotted", PARAMETERS, "value: ", "value: 1.0e+400 #", "finite number", after=SPREAD),
    Bad(
        "huge range",
        PARAMETERS,
        "{uniform: ",
        "{uniform: [-1.0e+999, 1]} #",
        "finite number",
        after=OPENING,
    ),
    Bad("infinite cell", LINKS, "2712", "inf", "finite number"),
    Bad("unparsable cell", LINKS, "2712", "2712 versts", "valid number"),
    # units
    Bad("unknown unit", PARAMETERS, "unit: weeks", "unit: weks", "unknown unit", near="weeks"),
    Bad("unknown quotient", PARAMETERS, "unit: km/week", "unit: km/wek", "unknown unit", "week"),
    Bad("wrong unit", PARAMETERS, "unit: weeks", "unit: divisions", "unit of season_spread"),
    Bad("wrong schedule unit", SCHEDULES, "unit: Mt\n", "unit: Mtt\n", "unknown unit", near="Mt"),
    Bad(
        "date for a number",
        PARAMETERS,
        "value: ",
        "value: 1941-07-01 #",
        "season_spread",
        after=SPREAD,
    ),
    Bad(
        "number for a date",
        PARAMETERS,
        "value: ",
        "value: 7 #",
        "expected an ISO date",
        after="id: freeze_week",
    ),
    # dates
    Bad(
        "impossible date",
        CALENDAR,
        "locks_from: 1941-06-23",
        "locks_from: 1941-02-30",
        "valid date",
    ),
    Bad(
        "conference outside", CALENDAR, "date: 1941-06-26", "date: 1951-06-26", "outside the period"
    ),
    Bad("calendar outside", CALENDAR, "agent_from: 1941", "agent_from: 1931", "outside the period"),
    Bad("reading outside", FACTORS, "since: 1939-05-11", "since: 1839-05-11", "outside the period"),
    Bad("schedule outside", SCHEDULES, "1945-03-15, value: 60", "1955-03-15, value: 60", "outside"),
    Bad(
        "outcome outside", "outcomes.yaml", "by: 1942-12-31", "by: 1952-12-31", "cannot be reached"
    ),
    Bad("outcome before", "outcomes.yaml", "by: 1942-12-31", "by: 1940-12-31", "cannot be reached"),
    Bad("period reversed", "case.yaml", "end: 1945-12-31", "end: 1936-12-28", "follow one another"),
    Bad("not a Monday", "case.yaml", "runs_from: 1941-06-23", "runs_from: 1941-06-24", "Mondays"),
    Bad(
        "window reversed",
        CALENDAR,
        "decide_until: 1941-08-10",
        "decide_until: 1941-06-10",
        "open before it closes",
    ),
    Bad(
        "year without window", CALENDAR, "{year: 1943,", "{year: 1953,", "no window", at="windows:"
    ),
    Bad("battle missing", CALENDAR, "  khasan: {", "  khassan: {", "khasan"),
    Bad(
        "points out of order",
        SCHEDULES,
        "date: 1941-11-03",
        "date: 1941-08-03",
        "in order of date",
        at="    points:",
        after="id: soviet_inflow",
    ),
    Bad(
        "pact expires early",
        PACTS,
        "in_force: 1941-04-25",
        "in_force: 1947-04-25",
        "in this order",
    ),
    # places and ways
    Bad("unknown place", LINKS, "moscow,omsk", "moscov,omsk", "unknown place", near="moscow"),
    Bad("link to itself", LINKS, "moscow,omsk", "omsk,omsk", "to itself"),
    Bad("negative length", LINKS, "2712", "-2712", "greater than 0"),
    Bad("unknown kind of way", LINKS, "2712,rail", "2712,rails", "'rail'", near="rail"),
    Bad("place twice", "tables/places.csv", "\nvoroshilov,", "\nvladivostok,", "given twice"),
    Bad("unknown base", PLANS, "base: hsinking", "base: hsinkin", "unknown place", near="hsinking"),
    Bad("unknown objective", PLANS, "      - okha", "      - oka", "unknown place", near="okha"),
    Bad(
        "unreachable objective",
        PLANS,
        "by: [rail, road, river, sea]",
        "by: [rail]",
        "cannot be reached",
        at="      - petropavlovsk",
    ),
    Bad(
        "unknown stage objective",
        PLANS,
        "objectives: [voroshilov, vladivostok, iman",
        "objectives: [voroshilof, vladivostok, iman",
        "unknown place",
        near="voroshilov",
    ),
    Bad("unknown power of a plan", PLANS, "power: japan", "power: japon", "unknown power", "japan"),
    Bad("no railway", PARAMETERS, "rail: [chita, moscow]", "rail: [chita, okha]", "no railway"),
    Bad(
        "railway to itself",
        PARAMETERS,
        "rail: [chita, moscow]",
        "rail: [chita, chita]",
        "no railway",
    ),
    # quantities
    Bad("negative stock", PARAMETERS, "value: ", "value: -", "cannot be negative", after=FLOOR),
    Bad("negative force", FORCES, "truth,1,10400", "truth,-1,10400", "greater than or equal to 0"),
    Bad(
        "probability above 1",
        PARAMETERS,
        "value: ",
        "value: 1.8 #",
        "between 0 and 1",
        after="id: southern_axis_chance",
    ),
    Bad(
        "range above 1",
        PARAMETERS,
        "{uniform: ",
        "{uniform: [0.01, 1.55]} #",
        "between 0 and 1",
        after=OPENING,
    ),
    Bad(
        "range reversed",
        PARAMETERS,
        "{uniform: ",
        "{uniform: [0.9, 0.1]} #",
        "low below high",
        after=OPENING,
    ),
    Bad(
        "outside its range",
        PARAMETERS,
        "value: ",
        "value: 0.99 #",
        "inside",
        after=OPENING,
    ),
    Bad(
        "two ranges",
        PARAMETERS,
        "{lognormal: ",
        "{normal: 1, lognormal: ",
        "exactly one",
        after=SPREAD,
    ),
    Bad("no range", PARAMETERS, "{lognormal: ", "{} #", "exactly one of fixed", after=SPREAD),
    Bad(
        "zero spread",
        PARAMETERS,
        "{lognormal: ",
        "{lognormal: 0} #",
        "greater than 0",
        after=SPREAD,
    ),
    Bad(
        "beta mean",
        PARAMETERS,
        "{beta: [",
        "{beta: [2, 8]} # [",
        "mean 0.200",
        at="    value: ",
        after="id: southern_axis_chance",
    ),
    Bad("lognormal of zero", PARAMETERS, "value: ", "value: 0 #", "positive value", after=SPREAD),
    Bad(
        "weather above 1",
        "tables/weather.csv",
        "primorye,0.6",
        "primorye,1.6",
        "less than or equal",
    ),
    # evidence
    Bad(
        "no source",
        PARAMETERS,
        'source: "model switch; one is the season as it was"\n    ',
        "",
        "source: key is missing",
        after=SEVERITY,
        at=SEVERITY,
    ),
    Bad(
        "empty source",
        PARAMETERS,
        '"model switch; one is the season as it was"',
        '" "',
        "at least 1",
    ),
    Bad(
        "bad status",
        PARAMETERS,
        "status: assumption",
        "status: assumed",
        "'assumption'",
        "assumption",
    ),
    Bad("bad confidence", PARAMETERS, "confidence: low", "confidence: lo", "'low'", near="low"),
    Bad(
        "bad confidence in a table",
        FORCES,
        ",medium,1931",
        ",medum,1931",
        "'medium'",
        near="medium",
    ),
    Bad("missing cell", LINKS, "2712", "", "km: key is missing"),
    # names
    Bad(
        "missing key",
        "case.yaml",
        "  runs_from: 1941-06-23\n",
        "",
        "runs_from: key is missing",
        at="period:",
    ),
    Bad("unknown key", PARAMETERS, "unit: weeks", "units: weeks", "unknown key", near="unit"),
    Bad(
        "unknown top key", SCHEDULES, "schedules:\n", "schedule:\n", "unknown key", near="schedules"
    ),
    Bad(
        "needed parameter",
        PARAMETERS,
        SPREAD,
        "id: season_spred",
        "a parameter that the model needs is missing, got season_spread",
        near="season_spred",
        at="parameters:",
    ),
    Bad(
        "needed schedule",
        SCHEDULES,
        "id: drawdown",
        "id: draw_down",
        "a schedule that the model needs is missing",
        near="draw_down",
        at="schedules:",
    ),
    Bad("duplicate parameter", PARAMETERS, SEVERITY, SPREAD, "given twice"),
    Bad("bad identifier", PARAMETERS, SPREAD, "id: Season-Spread", "match pattern"),
    Bad("duplicate rule", DOCTRINES, "id: consent\n", "id: window\n", "given twice"),
    Bad("duplicate row", DOCTRINES, "id: wait\n", "id: ripe_persimmon\n", "given twice"),
    Bad("duplicate clause", PACTS, "id: stay_neutral", "id: peaceful_relations", "given twice"),
    Bad(
        "factor of nothing",
        FACTORS,
        "khalkhin_fought, set",
        "khalkin_fought, set",
        "unknown",
        near="khalkhin_fought",
    ),
    Bad(
        "switch above 1",
        FACTORS,
        "khalkhin_fought, set: 0",
        "khalkhin_fought, set: 2",
        "between 0 and 1",
    ),
    Bad(
        "date set to a number",
        FACTORS,
        "pact_expiry_week, set: 1941-04-25",
        "pact_expiry_week, set: 3",
        "expected an ISO date",
    ),
    Bad(
        "two changes in one",
        FACTORS,
        "khalkhin_fought, set: 0",
        "khalkhin_fought, set: 0, add: 1",
        "exactly one of set",
    ),
    Bad(
        "reading twice",
        FACTORS,
        "id: japanese_victory",
        "id: never_fought",
        "reading is given twice",
        at="    readings:",
    ),
    Bad(
        "default factor",
        "case.yaml",
        "- oil_embargo",
        "- oil_embargos",
        "default factor",
        "oil_embargo",
    ),
    Bad(
        "default outcome",
        "case.yaml",
        "outcome: attack_by_end_1941",
        "outcome: attack_by_end_1951",
        "default outcome",
        near="attack_by_end_1941",
    ),
    Bad("two hunters", "case.yaml", "role: prey", "role: hunter", "exactly one hunter"),
    Bad("power twice", "case.yaml", "id: usa", "id: china", "a power is given twice"),
    Bad(
        "breach cost",
        PACTS,
        "breach_cost: pact_cost",
        "breach_cost: pact_costs",
        "unknown parameter",
        near="pact_cost",
    ),
    Bad(
        "pact with nobody",
        PACTS,
        "parties: [japan, ussr]",
        "parties: [japan, usrs]",
        "unknown power",
        near="ussr",
    ),
    Bad(
        "belief in no field",
        "beliefs.yaml",
        "field: believed_tanks",
        "field: believed_tank",
        "unknown state field",
        near="believed_tanks",
    ),
    Bad(
        "belief errs by nothing",
        "beliefs.yaml",
        "- spring_tanks",
        "- spring_tank",
        "unknown parameter",
        near="spring_tanks",
    ),
    # clauses
    Bad(
        "unknown clause",
        PACTS,
        "depends_on: [chinese_consent]",
        "depends_on: [chinese_content]",
        "unknown clause",
        near="chinese_consent",
    ),
    Bad(
        "clauses in a circle",
        PACTS,
        "depends_on: [mongolia, sak",
        "depends_on: [fulfilment, sak",
        "in a circle",
    ),
    Bad(
        "clause on itself",
        PACTS,
        "depends_on: [peaceful_relations]",
        "depends_on: [stay_neutral]",
        "stay_neutral -> stay_neutral",
    ),
    # records and derived values
    Bad(
        "record of no row",
        PARAMETERS,
        "date: 1941-06-22",
        "date: 1941-06-21",
        "no row",
        after=GERMAN_FRONT,
    ),
    Bad("record of no column", PARAMETERS, "column: axis_men", "column: axis_man", "no column"),
    Bad(
        "record of an empty cell",
        PARAMETERS,
        "date: 1941-06-22",
        "date: 1941-06-30",
        "0 cells",
        after=GERMAN_FRONT,
    ),
    Bad("record of a text", PARAMETERS, "column: axis_men", "column: state_en", "0 cells"),
    Bad(
        "no such plan",
        PARAMETERS,
        "{plan: kantokuen, field",
        "{plan: kantoken, field",
        "unknown plan",
        near="kantokuen",
    ),
    Bad(
        "no such stage",
        PARAMETERS,
        "stage: stage_one_16",
        "stage: stage_one_15",
        "unknown stage",
        near="stage_one_16",
    ),
    Bad("no such field", PARAMETERS, "field: shipping_mt", "field: shipping", "no such field"),
    Bad("field is a text", PARAMETERS, "field: shipping_mt", "field: title", "expected a number"),
    Bad(
        "field is a method", PARAMETERS, "field: shipping_mt", "field: model_dump", "no such field"
    ),
    Bad("field is a date", PARAMETERS, "field: shipping_mt", "field: ready", "expected a number"),
    Bad(
        "no such column",
        SCHEDULES,
        "column: german_men",
        "column: german_man",
        "unknown column",
        near="german_men",
    ),
    # rules
    Bad(
        "unknown action",
        DOCTRINES,
        "action: choose_south",
        "action: chose_south",
        "unknown action",
        near="choose_south",
    ),
    Bad(
        "the other side's act",
        DOCTRINES,
        "action: choose_south",
        "action: strike",
        "unknown action",
    ),
    Bad(
        "table without a role",
        DOCTRINES,
        "- power: ussr",
        "- power: germany",
        "only the hunter and",
    ),
    Bad(
        "two tables",
        DOCTRINES,
        "- power: ussr",
        "- power: japan",
        "a power has two tables",
        at="tables:",
    ),
    Bad(
        "unknown name",
        DOCTRINES,
        RIPE,
        '"resolve - log(ratios)"',
        "names what does not exist",
        near="ratio",
    ),
    Bad(
        "a secret",
        DOCTRINES,
        RIPE,
        '"16 - old_divisions"',
        "may not be read here, got old_divisions",
    ),
    Bad(
        "a secret front", DOCTRINES, RIPE, '"front_km - 100"', "may not be read here, got front_km"
    ),
    Bad(
        "a belief of the other", DOCTRINES, RULE, '"believed_divisions < 3"', "may not be read here"
    ),
    Bad("a gate of the other", DOCTRINES, RULE, '"ripe"', "may not be read here"),
    Bad(
        "units do not match",
        DOCTRINES,
        RIPE,
        '"believed_divisions - war_weeks"',
        "units do not match",
    ),
    Bad("compared units", DOCTRINES, RULE, '"old_divisions < war_weeks"', "divisions with weeks"),
    Bad("log of a unit", DOCTRINES, RIPE, '"log(believed_divisions)"', "a quantity with a unit"),
    Bad("root of a unit", DOCTRINES, RIPE, '"sqrt(believed_divisions)"', "a quantity with a unit"),
    Bad(
        "weeks as a truth",
        DOCTRINES,
        RULE,
        '"week and front_km >= 1"',
        "where a condition is needed",
    ),
    Bad("number as a rule", DOCTRINES, RULE, '"0.3 + 0.4"', "a row needs a condition"),
    Bad("chained", DOCTRINES, RULE, '"0 < threat_belief < 1"', "may not be chained"),
    Bad("equality", DOCTRINES, RULE, '"threat_belief == 1"', "comparison is not allowed"),
    Bad(
        "import", DOCTRINES, RULE, "'__import__(\"os\")'", "function is not allowed, got __import__"
    ),
    Bad("method", DOCTRINES, RULE, "'threat_belief.real.hex()'", "function is not allowed"),
    Bad("attribute", DOCTRINES, RULE, "'threat_belief.real > 0'", "not allowed, got Attribute"),
    Bad("index", DOCTRINES, RULE, "'threat_belief[0] > 0'", "not allowed, got Subscript"),
    Bad("lambda", DOCTRINES, RULE, "'(lambda: 1)()'", "not allowed"),
    Bad("bare lambda", DOCTRINES, RULE, "'lambda: 1'", "not allowed, got Lambda"),
    Bad("walrus", DOCTRINES, RULE, "'(x := 1)'", "not allowed, got NamedExpr"),
    Bad("string", DOCTRINES, RULE, "'\"threat_belief\"'", "only numbers may be written"),
    Bad("f-string", DOCTRINES, RULE, "'f\"{week}\" > 1'", "not allowed, got JoinedStr"),
    Bad("power", DOCTRINES, RULE, "'9 ** 9 ** 9 > 1'", "operator is not allowed, got Pow"),
    Bad("starred", DOCTRINES, RULE, "'min(*threat_belief, 1) > 1'", "not allowed, got Starred"),
    Bad("keyword", DOCTRINES, RULE, "'min(a=1, b=2) > 1'", "function is not allowed"),
    Bad("wrong count", DOCTRINES, RULE, "'min(threat_belief) > 1'", "min() takes 2 values, got 1"),
    Bad("misspelt function", DOCTRINES, RIPE, '"resolve - logg(ratio)"', "function", near="log"),
    Bad("bad date", DOCTRINES, "1944-10-15", "1944-02-30", "date() needs an ISO date"),
    Bad("half a rule", DOCTRINES, RULE, '"threat_belief >="', "cannot be parsed"),
    Bad("empty rule", DOCTRINES, RULE, '""', "cannot be parsed"),
    Bad("two statements", DOCTRINES, RULE, '"1; 2"', "cannot be parsed"),
    Bad("long rule", DOCTRINES, RULE, '"1 < ' + "2 + " * 200 + '1"', "too long"),
    Bad("huge integer", DOCTRINES, RULE, '"threat_belief < 1' + "0" * 400 + '"', "out of range"),
    Bad("infinite literal", DOCTRINES, RULE, '"threat_belief < 1e999"', "out of range"),
    Bad("complex literal", DOCTRINES, RULE, '"threat_belief < 1j"', "only numbers may be written"),
    Bad("deep rule", DOCTRINES, RULE, '"' + "not " * 60 + 'all_clear"', "nested too deeply"),
    Bad(
        "deep brackets",
        DOCTRINES,
        RULE,
        '"' + "(" * 280 + "1" + ")" * 280 + '"',
        "cannot be parsed",
    ),
    Bad(
        "deep stack",
        DOCTRINES,
        RIPE,
        '"' + "where(resolve < 1, 2, " * 14 + "3" + ")" * 14 + '"',
        "too many open values",
    ),
    Bad(
        "margin is a condition",
        DOCTRINES,
        FREE,
        '"shipping_free >= shipping_north"',
        "margin must be",
    ),
    # YAML and CSV themselves
    Bad(
        "duplicate key",
        "case.yaml",
        "licence:",
        "id: other\nlicence:",
        "key is given twice, got id",
    ),
    Bad("tab", "case.yaml", "  start:", "\tstart:", "not valid YAML"),
    Bad("unclosed list", "case.yaml", "powers:\n", "powers: [\n", "not valid YAML"),
    Bad(
        "unclosed quote",
        CALENDAR,
        'fr: "Conférence de liaison : S',
        'fr: Conférence de "liaison : S',
        "not valid YAML",
    ),
    Bad("anchor", "case.yaml", "start: 1937", "start: &a 1937", "anchors and aliases"),
    Bad("alias", "case.yaml", "id: kantokuen", "id: *a", "anchors and aliases"),
    Bad(
        "object",
        "case.yaml",
        "id: kantokuen",
        "id: !!python/name:os.system",
        "tags are not allowed",
    ),
    Bad(
        "object of a mapping",
        "case.yaml",
        "title:\n",
        "title: !!python/object:os.error\n",
        "tags are",
    ),
    Bad("own tag", "case.yaml", "id: kantokuen", "id: !secret kantokuen", "tags are not allowed"),
    Bad("two documents", "case.yaml", "powers:\n", "---\npowers:\n", "not valid YAML"),
    Bad("key is a list", "case.yaml", "period:\n", "? [a, b]\n: 1\nperiod:\n", "not a plain word"),
    Bad("NUL byte", PARAMETERS, "value: ", "value: \0 #", "NUL byte", after=SPREAD),
    Bad("NUL byte in a table", LINKS, "omsk,2712", "omsk\0,2712", "NUL byte"),
    Bad("control byte", PARAMETERS, "value: ", "value: \x07 #", "not valid YAML", after=SPREAD),
    Bad("wrong columns", LINKS, "destination,km", "destination,miles", "wrong columns"),
    Bad("columns in wrong order", LINKS, "origin,destination", "destination,origin", "wrong order"),
    Bad("wrong number of cells", LINKS, "36,assumption", "36,,assumption", "wrong number of cells"),
    Bad(
        "unclosed quote in a table",
        "tables/weather.csv",
        '"as January, storms"',
        '"as January, storms',
        "not valid CSV",
    ),
    Bad("month missing", "tables/weather.csv", "\n3,east", "\n4,east", "needs each month once"),
    Bad(
        "month 13",
        "tables/weather.csv",
        "\n12,european",
        "\n13,european",
        "less than or equal to 12",
    ),
    Bad("impossible date in a table", FORCES, "1931-09-30,ussr", "1931-09-31,ussr", "valid date"),
    Bad("quarter 5", "tables/economy.csv", "\n1931,", "\n1931-Q5,", "match pattern"),
    # campaigns: rules
    Bad(
        "unknown word in a rule",
        CAMPAIGNS,
        NO_SHELLS,
        '"suply < 0.5 or stock < 2"',
        "names what does not exist",
        near="supply",
    ),
    Bad(
        "a formation's word in a breakdown",
        CAMPAIGNS,
        BROKEN,
        '"odds >= 0.5"',
        "names what does not exist",
    ),
    Bad(
        "a formation's word in a phase",
        CAMPAIGNS,
        'when: "held >= 0.6"',
        'when: "battle_days >= 6"',
        "names what does not exist",
    ),
    Bad("rule that runs code", CAMPAIGNS, NO_SHELLS, "\"__import__('os')\"", CAMPAIGNS),
    Bad("rule that is no rule", CAMPAIGNS, NO_SHELLS, '"supply < "', CAMPAIGNS),
    Bad(
        "last rule is a condition",
        CAMPAIGNS,
        'when: "1"',
        'when: "day > 3"',
        "the last rule must always hold",
    ),
    Bad("unknown order", CAMPAIGNS, "order: hold", "order: hould", "Input should be", near="hold"),
    Bad("rule given twice", CAMPAIGNS, "- id: worn_out", "- id: unsupplied", "given twice"),
    # campaigns: axes and phases
    Bad(
        "axis to an unknown place",
        CAMPAIGNS,
        FIRST_PATH,
        "path: [suifenhoe, grodekovo, voroshilov, vladivostok]",
        "unknown place",
        near="suifenho",
    ),
    Bad(
        "axis that no link joins",
        CAMPAIGNS,
        FIRST_PATH,
        "path: [suifenho, vladivostok]",
        "no link joins suifenho and vladivostok",
    ),
    Bad(
        "circle of axes",
        CAMPAIGNS,
        "path: [spassk, iman, bikin, khabarovsk]\n",
        "path: [spassk, iman, bikin, khabarovsk]\n        then: east_tungning\n",
        "axes lead in a circle",
        after=SIXTEEN,
        at="    axes:\n",
    ),
    Bad(
        "axis after itself",
        CAMPAIGNS,
        "path: [spassk, iman, bikin, khabarovsk]\n",
        "path: [spassk, iman, bikin, khabarovsk]\n        then: north_ussuri\n",
        "axes lead in a circle",
        after=SIXTEEN,
        at="    axes:\n",
    ),
    Bad(
        "axis after an unknown axis",
        CAMPAIGNS,
        "then: north_ussuri",
        "then: north_usuri",
        "unknown axis",
        near="north_ussuri",
    ),
    Bad(
        "axis of a power that is not at war",
        CAMPAIGNS,
        "power: japan\n        path",
        "power: germany\n        path",
        "power is not at war here",
    ),
    Bad(
        "axis given twice",
        CAMPAIGNS,
        "- id: east_tungning",
        "- id: east_grodekovo",
        "identifier is given twice",
    ),
    Bad(
        "phase of an unknown axis",
        CAMPAIGNS,
        "axes: [east_grodekovo,",
        "axes: [east_grodekow,",
        "unknown axis",
        near="east_grodekovo",
    ),
    Bad(
        "phase of an enemy axis",
        CAMPAIGNS,
        "axes: [east_grodekovo,",
        "axes: [su_amur,",
        "axis of the other power",
    ),
    Bad(
        "phase with an unknown aim",
        CAMPAIGNS,
        "objectives: [voroshilov,",
        "objectives: [voroshilof,",
        "unknown place",
        near="voroshilov",
    ),
    Bad(
        "condition of the first phase",
        CAMPAIGNS,
        "objectives: [voroshilov, vladivostok, iman]\n",
        'objectives: [voroshilov, vladivostok, iman]\n        when: "held >= 0.6"\n',
        "the first phase opens at once",
        after=SIXTEEN,
        at="    phases:\n",
    ),
    Bad(
        "phase with too many aims",
        CAMPAIGNS,
        "objectives: [voroshilov,",
        "objectives: [" + "chita, " * 12 + "voroshilov,",
        "at most 12 items",
    ),
    Bad(
        "success with too many places",
        CAMPAIGNS,
        "places: [voroshilov,",
        "places: [" + "chita, " * 12 + "voroshilov,",
        "at most 12 items",
    ),
    Bad("phase without axes", CAMPAIGNS, "axes: [east_grodekovo,", "axes: [] #", "at least 1 item"),
    # campaigns: the rest
    Bad(
        "two campaigns of one event",
        CAMPAIGNS,
        "mark_day: 47\n",
        "mark_day: 47\n    opens_with: north\n",
        "two campaigns open with one event",
        after="  - id: kantokuen_25\n",
    ),
    Bad(
        "success before the opening",
        CAMPAIGNS,
        "by: 1941-10-15",
        "by: 1941-08-15",
        "success cannot be reached",
    ),
    Bad(
        "success at an unknown place",
        CAMPAIGNS,
        "places: [voroshilov,",
        "places: [voroshilof,",
        "unknown place",
        near="voroshilov",
    ),
    Bad(
        "campaign outside",
        CAMPAIGNS,
        "opens: 1945-08-09",
        "opens: 1955-08-09",
        "outside the period",
    ),
    Bad("campaign of a day", CAMPAIGNS, "days: 60", "days: 1", "greater than or equal to 7"),
    Bad(
        "campaign against oneself",
        CAMPAIGNS,
        "defender: ussr",
        "defender: japan",
        "must be two powers",
    ),
    Bad(
        "campaign with one table of rules",
        CAMPAIGNS,
        "rules: {japan: japanese_offensive_1941, ussr: soviet_defence_1941}",
        "rules: {japan: japanese_offensive_1941}",
        "one table of rules for each",
    ),
    Bad(
        "unknown table of rules",
        CAMPAIGNS,
        "rules: {japan: japanese_offensive_1941,",
        "rules: {japan: japanese_ofensive_1941,",
        "unknown table of rules",
        near="japanese_offensive_1941",
    ),
    Bad(
        "unknown order of battle",
        CAMPAIGNS,
        "orders_of_battle: [japan_1941_16,",
        "orders_of_battle: [japan_1941_17,",
        "unknown order of battle",
    ),
    Bad(
        "orders of battle of a third power",
        CAMPAIGNS,
        "defender: japan\n",
        "defender: germany\n",
        "one table of rules for each",
        after=STORM,
        at="    rules:",
    ),
    Bad(
        "campaign of an unknown plan",
        CAMPAIGNS,
        "plan: kantokuen",
        "plan: kantokuenn",
        "unknown plan",
        near="kantokuen",
    ),
    Bad(
        "campaign by an unknown parameter",
        CAMPAIGNS,
        "surprise: theatre_surprise_1941",
        "surprise: theatre_surprise_1940",
        "unknown parameter",
    ),
    Bad(
        "ally of nobody",
        CAMPAIGNS,
        "{manchukuo: japan,",
        "{manchukuo: germany,",
        "power is not at war here",
    ),
    Bad(
        "record of two things",
        CAMPAIGNS,
        "quantity: lost\n",
        "quantity: lost\n        place: mukden\n",
        "recorded of a power, and of nothing else",
        at="        power: ussr\n        value: 36456",
    ),
    Bad(
        "record of an unknown quantity",
        CAMPAIGNS,
        "quantity: lost\n",
        "quantity: losst\n",
        "Input should be",
    ),
    Bad("records given twice", CAMPAIGNS, "- id: losses_japan", "- id: losses_ussr", "given twice"),
    # outcomes of campaigns
    Bad(
        "outcome of an unknown campaign",
        OUTCOMES,
        "campaign: kantokuen_22",
        "campaign: kantokuenn_22",
        "unknown campaign",
        near="kantokuen_22",
    ),
    Bad(
        "outcome of a campaign that no history opens",
        OUTCOMES,
        "campaign: kantokuen_22",
        "campaign: kantokuen_16",
        "no event of a history opens this campaign",
    ),
    Bad(
        "taken, but what",
        OUTCOMES,
        "    place: vladivostok\n",
        "",
        "only what is taken has a place",
        at=TAKEN,
    ),
    Bad(
        "taken, but no objective",
        OUTCOMES,
        "place: vladivostok",
        "place: omsk",
        "not an objective of the campaign",
    ),
    Bad(
        "taken in days", OUTCOMES, "    place: v", "    within_days: 9\n    place: v", "within_days"
    ),
    Bad(
        "destroyed, but when",
        OUTCOMES,
        "    within_days: 10\n",
        "",
        "only what is destroyed has a number of days",
        at="  - id: kwantung_destroyed_in_10_days",
    ),
    Bad("destroyed in no days", OUTCOMES, "within_days: 10", "within_days: 0", "greater than or"),
    Bad(
        "attack as an outcome of a campaign",
        OUTCOMES,
        "event: north\n",
        "event: north\n    campaign: kantokuen_22\n",
        "belong to a campaign",
    ),
    Bad(
        "taken in no campaign",
        OUTCOMES,
        "event: north\n",
        "event: taken\n",
        "belong to a campaign",
        at="  - id: attack_by_end_1941",
    ),
    # the staff's estimate
    Bad(
        "estimate of an unknown campaign",
        SURFACE,
        "campaign: kantokuen_22",
        "campaign: kantokuen_2",
        "unknown campaign",
    ),
    Bad("coefficient missing", SURFACE, "  force: ", "  # force: ", "missing", at="coefficients:"),
    Bad(
        "coefficient of nothing",
        SURFACE,
        "  force: ",
        "  forse: ",
        "unknown coefficient",
        near="force",
    ),
    Bad("coefficient is no number", SURFACE, "  force: ", "  force: .nan #", "valid number"),
    Bad("reference of nothing", SURFACE, "  divisions: ", "  divisions: 0 #", "greater than 0"),
    Bad("estimate without a day", SURFACE, "by: 1941-10-15", "by: 1941-10-32", "valid date"),
    # tables of campaigns
    Bad(
        "works at an unknown place",
        WORKS,
        "\ngrodekovo,ussr,0.6",
        "\ngrodekowo,ussr,0.6",
        "unknown place",
        near="grodekovo",
    ),
    Bad(
        "works of an unknown power",
        WORKS,
        "\ngrodekovo,ussr,0.6",
        "\ngrodekovo,usssr,0.6",
        "unknown power",
        near="ussr",
    ),
    Bad("more than all in works", WORKS, ",ussr,0.6", ",ussr,1.6", "less than or equal to 1"),
    Bad(
        "works end before they begin",
        WORKS,
        ",ussr,0.6,1937-01-04,1945-12-31",
        ",ussr,0.6,1946-01-04,1945-12-31",
        "ends before it begins",
    ),
    Bad(
        "port with half a winter",
        PORTS,
        SHIPPED_ICE,
        "sovetskaya_gavan,1200,01-01,",
        "ice needs both ends",
    ),
    Bad(
        "port with the other half",
        PORTS,
        SHIPPED_ICE,
        "sovetskaya_gavan,1200,,03-31",
        "ice needs both ends",
    ),
    Bad(
        "ice in month 13",
        PORTS,
        SHIPPED_ICE,
        "sovetskaya_gavan,1200,13-01,03-31",
        "match pattern",
    ),
    Bad("port that eats", PORTS, "gavan,1200", "gavan,-1200", "greater than or equal to 0"),
    Bad("port at sea", PORTS, "\nvladivostok,", "\nvladivostock,", "unknown place", "vladivostok"),
    Bad(
        "depot ends before it begins",
        DEPOTS,
        "1937-01-04,1944-12-31",
        "1945-01-04,1944-12-31",
        "ends before it begins",
    ),
    Bad("depot with a debt", DEPOTS, ",120000,", ",-120000,", "greater than or equal to 0"),
    Bad(
        "depot at an unknown place",
        DEPOTS,
        "\nvoroshilov,",
        "\nvoroshilof,",
        "unknown place",
        near="voroshilov",
    ),
    Bad(
        "depot of an unknown power",
        DEPOTS,
        "\nvoroshilov,ussr",
        "\nvoroshilov,usssr",
        "unknown power",
        near="ussr",
    ),
    Bad(
        "formation at an unknown place",
        ORDERS,
        "line,grodekovo,",
        "line,grodekowo,",
        "unknown place",
        near="grodekovo",
    ),
    Bad(
        "formation of an unknown power",
        ORDERS,
        "\nsoviet_1941,ussr,",
        "\nsoviet_1941,usssr,",
        "unknown power",
        near="ussr",
    ),
    Bad(
        "negative men",
        ORDERS,
        FIRST_ARMY,
        "grodekovo,,4,-85000,600,1500,0,0.3,0",
        "greater than or equal to 0",
    ),
    Bad(
        "army without men",
        ORDERS,
        FIRST_ARMY,
        "grodekovo,,4,0,600,1500,0,0.3,0",
        "formation has no men",
    ),
    Bad(
        "army that comes before it is sent",
        ORDERS,
        FIRST_ARMY,
        "grodekovo,,4,85000,600,1500,0,0.3,-3",
        "greater than or equal to 0",
    ),
    Bad(
        "more than all on wheels",
        ORDERS,
        FIRST_ARMY,
        "grodekovo,,4,85000,600,1500,0,1.3,0",
        "less than or equal to 1",
    ),
    Bad("unknown role", ORDERS, "line,grodekovo", "lien,grodekovo", "Input should be", near="line"),
    Bad(
        "formation given twice",
        ORDERS,
        "su_25th_kraskino",
        "su_1st_red_banner",
        "formation is given twice",
    ),
    Bad(
        "unknown relief", LINKS, "european_russia,rolling", "european_russia,hilly", "Input should"
    ),
    Bad(
        "unknown area of a link",
        LINKS,
        "european_russia,rolling",
        "european_rusia,rolling",
        "unknown area",
        near="european_russia",
    ),
    Bad("river of two", LINKS, "rolling,mixed,0,36", "rolling,mixed,2,36", "less than or equal to"),
    # levers
    Bad(
        "lever on nothing",
        LEVERS,
        "scale: initial_divisions",
        "scale: initial_division",
        "unknown parameter",
        near="initial_divisions",
    ),
    Bad(
        "nothing follows a lever",
        LEVERS,
        "men_floor_1941, floor_low",
        "men_floor_1491, floor_low",
        "unknown parameter",
        near="men_floor_1941",
    ),
    Bad(
        "unseen setting of a share",
        LEVERS,
        "parameter: sighting_share, set: 0",
        "parameter: sighting_share, set: 7",
        "between 0 and 1",
    ),
    Bad(
        "lever in another unit",
        LEVERS,
        "unit: divisions",
        "unit: weeks",
        "unit of the lever does not fit initial_divisions",
    ),
    Bad(
        "lever in no unit", LEVERS, "unit: divisions", "unit: divisons", "unknown unit", "divisions"
    ),
    Bad(
        "lever counted in nothing",
        LEVERS,
        "    per: oil_use\n",
        "",
        "unit of the lever does not fit oil_start",
        at="unit: weeks",
    ),
    Bad(
        "date that is scaled",
        LEVERS,
        "shift: freeze_week",
        "scale: freeze_week",
        "above zero",
        at="range: [-4, 70]",
    ),
    Bad(
        "date that is set",
        LEVERS,
        "shift: freeze_week",
        "set: freeze_week",
        "a lever on week of freeze_week, got embargo_date, expected shift",
        at="  - id: embargo_date",
    ),
    Bad(
        "nothing that is scaled",
        LEVERS,
        "set: china_settled\n    range: [0, 1]\n    grid: {low: 0,",
        "scale: china_settled\n    range: [0.1, 1]\n    grid: {low: 0.1,",
        "what is zero cannot be scaled",
    ),
    Bad(
        "two ways of a lever",
        LEVERS,
        "shift: freeze_week",
        "shift: freeze_week\n    set: oil_use",
        "exactly one of scale, set, shift",
        at="  - id: embargo_date",
    ),
    Bad(
        "lever with the name of another parameter",
        LEVERS,
        "id: german_reach",
        "id: optimism",
        "bears the name of a parameter",
    ),
    Bad("range of a lever", LEVERS, "range: [2, 100]", "range: [100, 2]", "low below high"),
    Bad(
        "grid outside its range",
        LEVERS,
        "range: [2, 100]",
        "range: [2, 40]",
        "inside the range",
        at="grid:",
    ),
    Bad("one point", LEVERS, "points: 21", "points: 1", "greater than or equal to 3"),
    Bad(
        "lever in an unknown direction",
        LEVERS,
        "more_means: less",
        "more_means: les",
        "'less', 'more' or 'unclear'",
        near="less",
    ),
    Bad(
        "departures of no lever",
        LEVERS,
        "departures: departed_by_august",
        "departures: departed_by_augst",
        "unknown lever",
        near="departed_by_august",
    ),
    Bad(
        "departures that nothing carries",
        LEVERS,
        "departures: departed_by_august",
        "departures: german_reach",
        "says nothing of what can be carried",
    ),
    Bad(
        "railway of no parameter",
        LEVERS,
        "per_week: rail_divisions",
        "per_week: rail_division",
        "unknown parameter",
        near="rail_divisions",
    ),
    Bad(
        "sent by no field",
        LEVERS,
        "sent: sent_total",
        "sent: send_total",
        "unknown state field",
        near="sent_total",
    ),
    Bad("lever twice", LEVERS, "id: shipping\n", "id: german_reach\n", "given twice"),
    # the record
    Bad("scored before the split", RECORD, "use: fit", "use: score", "use against the split"),
    Bad(
        "fitted after the split",
        RECORD,
        "use: score",
        "use: fit",
        "use against the split",
    ),
    Bad(
        "an unknown field",
        RECORD,
        "field: front_km",
        "field: front_kms",
        "unknown state field",
        near="front_km",
    ),
    Bad("a unit that does not fit", RECORD, "unit: km", "unit: divisions", "unit of front_km"),
    Bad(
        "an unknown series",
        RECORD,
        "series: sent_west",
        "series: sent_wets",
        "unknown series",
        near="sent_west",
    ),
    Bad(
        "a cell that is not there",
        RECORD,
        "column: km_from_moscow}",
        "column: km_from_minsk}",
        "points at no column",
    ),
    Bad(
        "an event that is no switch",
        RECORD,
        "field: embargo\n",
        "field: embargo_week\n",
        "unit of embargo_week",
    ),
    Bad(
        "an unknown kind",
        RECORD,
        "by_kind: [front",
        "by_kind: [frnot",
        "unknown kind of series",
        near="front",
    ),
    Bad(
        "no reason",
        RECORD,
        '    why:\n      en: "the start of the model"\n      fr: "le départ du modèle"\n',
        "",
        "says in `why`",
    ),
    # claims
    Bad("claim twice", CLAIMS, "id: C07\n", "id: C06\n", "given twice"),
    Bad("badly named claim", CLAIMS, "id: C07\n", "id: c07\n", "match pattern"),
    Bad("unknown verdict", CLAIMS, "verdict: agrees", "verdict: agree", "'agrees'", near="agrees"),
    Bad(
        "claim in one language",
        CLAIMS,
        '      fr: "Des troupes japonaises débarquent à Vladivostok le 11 août 1918."\n',
        "",
        "fr: key is missing",
        at="claim:",
        after="id: C02",
    ),
    Bad("empty claim", CLAIMS, 'en: "Japanese troops came ashore', 'en: "" #', "at least 1"),
    Bad(
        "claim without scholarship",
        CLAIMS,
        "    scholarship:\n",
        "    scholarship: []\n    verdicts:\n",
        "at least 1",
        after="id: C02",
    ),
    Bad(
        "unknown mechanism",
        CLAIMS,
        "mechanism: [lessons, combat]",
        "mechanism: [lesson, combat]",
        "'lessons'",
        near="lessons",
    ),
    Bad("no mechanism", CLAIMS, "[lessons, combat]", "[]", "at least 1"),
    Bad("bad date of a claim", CLAIMS, 'date: "1931"', 'date: "in 1931"', "match pattern"),
    Bad(
        "two ways to speak",
        CLAIMS,
        "      share:\n",
        "      silent: {en: a, fr: b}\n      share:\n",
        "exactly one of share, value",
        at="model:",
        after="id: C11",
    ),
    Bad(
        "claim reads no field",
        CLAIMS,
        "field: khasan_result",
        "field: khasan_results",
        "unknown state field",
        near="khasan_result",
    ),
    Bad(
        "claim reads before the world runs",
        CLAIMS,
        "on: 1941-06-23",
        "on: 1938-08-11",
        "does not run by itself",
    ),
    Bad(
        "read twice",
        CLAIMS,
        "{id: in_august, field",
        "{id: in_july, field",
        "given twice",
        problem_in=CLAIMS,
    ),
    Bad(
        "read under the name of a parameter",
        CLAIMS,
        "{id: in_august, field",
        "{id: optimism, field",
        "taken by a parameter",
    ),
    Bad(
        "claim on nothing",
        CLAIMS,
        '"learned > lesson_quality_start"',
        '"learned > lesson_quality_stat"',
        "names what does not exist",
        near="lesson_quality_start",
    ),
    Bad(
        "number for a condition of a claim",
        CLAIMS,
        '"learned > lesson_quality_start"',
        '"learned - lesson_quality_start"',
        "a condition is needed",
    ),
    Bad(
        "units of a claim",
        CLAIMS,
        '"men >= 0.9 * garrison_men_start"',
        '"men >= 0.9 * garrison_tanks_start"',
        "units do not match",
    ),
    Bad(
        "claim on another day of the week",
        CLAIMS,
        "unit: week\n        figure: {value: 1945-08-09}",
        "unit: week\n        figure: {value: 9}",
        "expected an ISO date",
    ),
    Bad(
        "claim in another unit",
        CLAIMS,
        "unit: thousand_men\n",
        "unit: divisions\n",
        "not in that unit",
        after="id: C36",
    ),
    Bad(
        "claim about no outcome",
        CLAIMS,
        "outcome: kwantung_destroyed_in_10_days",
        "outcome: kwantung_destroyed_in_10_day",
        "unknown outcome",
        near="kwantung_destroyed_in_10_days",
    ),
    Bad(
        "effect on the map",
        CLAIMS,
        "outcome: attack_ever",
        "outcome: vladivostok_by_end_1941",
        "not of a campaign",
    ),
    Bad(
        "absence of no factor",
        CLAIMS,
        "factor: german_stall, reading: supplied",
        "factor: german_stal, reading: supplied",
        "unknown factor",
        near="german_stall",
    ),
    Bad(
        "absence in no reading",
        CLAIMS,
        "factor: german_stall, reading: supplied",
        "factor: german_stall, reading: suplied",
        "unknown reading",
        near="supplied",
    ),
    Bad(
        "record of no plan",
        CLAIMS,
        "plan: kantokuen\n",
        "plan: kantoken\n",
        "unknown plan",
        near="kantokuen",
    ),
    Bad(
        "record of no stage",
        CLAIMS,
        "stage: staff_request_22",
        "stage: staff_request_23",
        "unknown stage",
        near="staff_request_22",
    ),
    Bad(
        "record of no field",
        CLAIMS,
        "field: objectives",
        "field: objective",
        "no such field",
        near="objectives",
    ),
    Bad("record that is not given", CLAIMS, "field: signed", "field: breach_cost", "compared so"),
    Bad(
        "record without its field",
        CLAIMS,
        "        field: signed\n",
        "",
        "belongs to pact and plan",
        at="        pact: neutrality",
    ),
    Bad(
        "record of no axis",
        CLAIMS,
        "axis: tb_khingan",
        "axis: tb_kingan",
        "unknown axis",
        near="tb_khingan",
    ),
    Bad(
        "figure upside down",
        CLAIMS,
        "figure: {low: 8.6, high: 13.1}",
        "figure: {low: 13.1, high: 8.6}",
        "below its high end",
    ),
    Bad("claims of no text", CLAIMS, "text:\n", "texts:\n", "unknown key", near="text"),
    # base rates
    Bad(
        "an entry into war that is on no record",
        BASE_RATES,
        "event: south_war, own",
        "event: south_wra, own",
        "unknown event",
        near="south_war",
    ),
    Bad(
        "an own case that is none",
        BASE_RATES,
        "own: [sov1945]",
        "own: [sov1954]",
        "unknown opportunity",
        near="sov1945",
    ),
    Bad(
        "a rule that waits for an unknown number",
        BASE_RATES,
        "weeks: [entry_delay]",
        "weeks: [entry_delays]",
        "unknown parameter",
        near="entry_delay",
    ),
    Bad(
        "an entry after the window",
        BASE_RATES,
        "entered_on: 1914-08-23",
        "entered_on: 1915-08-23",
        "a window opens",
    ),
    # hypotheses
    Bad(
        "a hypothesis that is no factor",
        HYPOTHESES,
        "factor: soviet_garrison",
        "factor: soviet_garison",
        "unknown factor",
        near="soviet_garrison",
    ),
    Bad(
        "an unknown reading of its factor",
        HYPOTHESES,
        "{reading: stripped}",
        "{reading: striped}",
        "unknown reading",
        near="stripped",
    ),
    Bad(
        "a version that changes an unknown number",
        HYPOTHESES,
        "parameter: agent_hazard, set: 0.0",
        "parameter: agent_hazzard, set: 0.0",
        "unknown parameter",
        near="agent_hazard",
    ),
    Bad(
        "a version decided by nobody known",
        HYPOTHESES,
        "decision_maker: expected_value",
        "decision_maker: expected_values",
        "unknown decision-maker",
        near="expected_value",
    ),
]


def edit(folder: Path, bad: Bad) -> int:
    """Break a copy; return the line that should be blamed."""
    path = folder / bad.file
    text = path.read_text(encoding="utf-8")
    start = text.index(bad.after) if bad.after else 0
    position = text.index(bad.old, start)
    broken = text[:position] + bad.new + text[position + len(bad.old) :]
    assert broken != text
    path.write_text(broken, encoding="utf-8")
    if bad.at:
        return broken[: broken.index(bad.at, start)].count("\n") + 1
    same = next(i for i, (a, b) in enumerate(zip(text, broken, strict=False)) if a != b)
    return broken[:same].count("\n") + 1


def problems_of(folder: Path) -> tuple[Problem, ...]:
    """Open a broken case; only a `CaseError` will do, and each problem is one line."""
    with pytest.raises(CaseError) as caught:
        open_case(folder)
    for problem in caught.value.problems:
        assert len(str(problem).splitlines()) == 1
        assert ONE_LINE.fullmatch(str(problem)), str(problem)
        assert str(problem).isprintable()
    return caught.value.problems


def shown(problems: tuple[Problem, ...]) -> str:
    return "\n".join(map(str, problems))


@pytest.mark.parametrize("bad", KINDS, ids=lambda bad: bad.name.replace(" ", "-"))
def test_every_kind_of_fault_is_named(copy: Path, bad: Bad) -> None:
    line = edit(copy, bad)
    problems = problems_of(copy)
    found = [
        problem
        for problem in problems
        if problem.path == (bad.problem_in or bad.file)
        and abs(problem.line - line) <= 2
        and bad.words in str(problem)
        and (not bad.near or problem.nearest == bad.near)
    ]
    assert found, f"expected {bad.words!r} at line {line}, got\n{shown(problems)}"


def test_the_kinds_are_many_and_named_once() -> None:
    names = [bad.name for bad in KINDS]
    assert len(names) >= 45
    assert len(set(names)) == len(names)


def write(text: str | bytes) -> Callable[[Path], None]:
    """A way to break a file: replace all of it."""
    data = text if isinstance(text, bytes) else text.encode()

    def apply(path: Path) -> None:
        path.write_bytes(data)

    return apply


def inflate(path: Path) -> None:
    # Sparse: 50 MB for the reader, nothing for the disk.
    with path.open("r+b") as file:
        file.truncate(50_000_000)


BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n"

WHOLE_FILES = [
    ("bomb", "case.yaml", write(BOMB), 1, "anchors and aliases"),
    ("deep", "case.yaml", write("[" * 5000), 1, "too deeply nested"),
    ("many values", "plans.yaml", write("- 1\n" * 250_000), None, "too many"),
    ("50 MB", "parameters.yaml", inflate, 0, "file is too large, got 50000000 bytes"),
    ("50 MB table", "tables/front.csv", inflate, 0, "file is too large, got 50000000 bytes"),
    ("latin-1", "pacts.yaml", write("# a\npacts: é\n".encode("latin-1")), 2, "not UTF-8"),
    ("latin-1 table", "tables/links.csv", write("a,é".encode("latin-1")), 1, "not UTF-8"),
    ("UTF-16", "pacts.yaml", write("pacts: []\n".encode("utf-16")), 1, "pacts.yaml"),
    ("empty", "beliefs.yaml", write(""), 1, "file is empty"),
    ("comment only", "beliefs.yaml", write("# nothing\n"), 1, "file is empty"),
    ("null", "beliefs.yaml", write("~\n"), 1, "file is empty"),
    ("dashes", "beliefs.yaml", write("---\n"), 1, "file is empty"),
    ("list", "outcomes.yaml", write("- a\n- b\n"), 1, "valid dictionary"),
    ("scalar", "outcomes.yaml", write("42\n"), 1, "valid dictionary"),
    ("text", "outcomes.yaml", write("hello\n"), 1, "valid dictionary"),
    ("list is a number", "factors.yaml", write("factors: 5\n"), 1, "valid list"),
    ("list is a number", "parameters.yaml", write("parameters: 5\n"), 1, "valid list"),
    ("list is a word", "outcomes.yaml", write("outcomes: none\n"), 1, "valid list"),
    ("list of nothing", "factors.yaml", write("factors: [~, 1, [2]]\n"), 1, "valid dictionary"),
    ("empty table", "tables/links.csv", write(""), 1, "wrong columns"),
    ("huge cell", "tables/links.csv", write("a" * 200_000), 1, "not valid CSV"),
    # A file that may be missing may not be damaged.
    ("empty", CAMPAIGNS, write(""), 1, "file is empty"),
    ("bomb", CAMPAIGNS, write(BOMB), 1, "anchors and aliases"),
    ("list", CAMPAIGNS, write("- a\n- b\n"), 1, "valid dictionary"),
    ("list is a number", CAMPAIGNS, write("campaigns: 5\n"), 1, "valid list"),
    ("list of nothing", CAMPAIGNS, write("tables: [~, 1, [2]]\n"), 1, "valid dictionary"),
    ("empty", SURFACE, write(""), 1, "file is empty"),
    ("null", SURFACE, write("~\n"), 1, "file is empty"),
    ("scalar", SURFACE, write("42\n"), 1, "valid dictionary"),
    ("latin-1", SURFACE, write("# é\n".encode("latin-1")), 1, "not UTF-8"),
    *(
        (name, file, write(data), 1, words)
        for file in (WORKS, PORTS, DEPOTS, ORDERS)
        for name, data, words in (
            ("empty table", b"", "wrong columns"),
            ("latin-1 table", "a,é".encode("latin-1"), "not UTF-8"),
            ("huge cell", b"a" * 200_000, "not valid CSV"),
        )
    ),
]


@pytest.mark.parametrize(
    ("file", "apply", "line", "words"),
    [row[1:] for row in WHOLE_FILES],
    ids=[f"{name} {file}".replace(" ", "-") for name, file, *_ in WHOLE_FILES],
)
def test_a_whole_file_that_is_wrong(
    copy: Path, file: str, apply: Callable[[Path], None], line: int | None, words: str
) -> None:
    apply(copy / file)
    problems = problems_of(copy)
    found = [p for p in problems if p.path == file and words in str(p)]
    assert found, shown(problems)
    assert line is None or abs(found[0].line - line) <= 2


NEEDED_FILES = tuple(file for file in EVERY_FILE if file not in OPTIONAL_FILES)


@pytest.mark.parametrize("file", NEEDED_FILES)
def test_a_missing_file_is_named(copy: Path, file: str) -> None:
    (copy / file).unlink()
    assert any(p.path == file and "file is missing" in p.what for p in problems_of(copy))


def test_the_files_that_may_be_missing_are_these() -> None:
    assert set(EVERY_FILE) >= OPTIONAL_FILES
    optional = OPTIONAL_FILES - CAMPAIGN_FILES
    needed = {"decision_makers.yaml", LEVERS, RECORD, CLAIMS, BASE_RATES, HYPOTHESES}
    assert needed == optional
    assert {CAMPAIGNS, SURFACE, WORKS, PORTS, DEPOTS, ORDERS} == CAMPAIGN_FILES


@pytest.mark.parametrize("file", [SURFACE, WORKS, PORTS, DEPOTS])
def test_ground_without_works_ports_depots_or_an_estimate_is_ground(copy: Path, file: str) -> None:
    (copy / file).unlink()
    assert set(open_case(copy).campaigns) == set(open_case("kantokuen").campaigns)


def test_whoever_speaks_of_campaigns_that_are_not_there_is_named(copy: Path) -> None:
    (copy / CAMPAIGNS).unlink()
    problems = problems_of(copy)
    assert {problem.path for problem in problems} == {OUTCOMES, SURFACE, CLAIMS}
    assert all("unknown campaign" in str(problem) for problem in problems)
    assert len(problems) == 6


def test_a_campaign_without_its_forces_is_named(copy: Path) -> None:
    (copy / ORDERS).unlink()
    problems = problems_of(copy)
    assert {problem.path for problem in problems} == {CAMPAIGNS}
    assert all("unknown order of battle" in str(problem) for problem in problems)


def blamed_for_an_axis(copy: Path, axis: str) -> list[Problem]:
    """Send a formation of the order of 1941 along another axis; return who is blamed."""
    edit(copy, Bad("", ORDERS, ",su_amur,", f",{axis},", "", after="soviet_1941,"))
    return [problem for problem in problems_of(copy) if problem.path == CAMPAIGNS]


def test_a_formation_on_an_unknown_axis_is_named_by_each_campaign(copy: Path) -> None:
    problems = blamed_for_an_axis(copy, "su_amurr")
    lines = (copy / CAMPAIGNS).read_text().splitlines()
    expected = [
        number for number, text in enumerate(lines, 1) if "orders_of_battle: [japan_1941" in text
    ]
    assert [problem.line for problem in problems] == expected
    assert all("su_2nd_reserve names an unknown axis" in str(problem) for problem in problems)
    assert all(problem.nearest == "su_amur" for problem in problems)


def test_a_formation_on_an_enemy_axis_is_named(copy: Path) -> None:
    problems = blamed_for_an_axis(copy, "north_amur")
    assert len(problems) == 3
    assert all("su_2nd_reserve is on an enemy axis" in str(problem) for problem in problems)


def test_a_folder_in_the_place_of_a_file(copy: Path) -> None:
    (copy / "case.yaml").unlink()
    (copy / "case.yaml").mkdir()
    assert "case.yaml:0: file is missing" in shown(problems_of(copy))


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        open_case(tmp_path / "nowhere")


def test_an_empty_folder(tmp_path: Path) -> None:
    assert len(problems_of(tmp_path)) == len(NEEDED_FILES)


def test_an_unknown_file_gets_the_nearest_name(copy: Path) -> None:
    (copy / "outcome.yaml").write_text("outcomes: []\n")
    (problem,) = problems_of(copy)
    assert str(problem) == "outcome.yaml:0: unknown section, nearest valid name: outcomes.yaml"


def test_an_unknown_table_gets_the_nearest_name(copy: Path) -> None:
    (copy / "tables" / "link.csv").write_text("a\n")
    (problem,) = problems_of(copy)
    assert (problem.path, problem.nearest) == ("tables/link.csv", "tables/links.csv")


def test_notes_beside_the_case_are_welcome(copy: Path) -> None:
    (copy / "README.md").write_text("why this case\n")
    (copy / "tables" / "notes.txt").write_text("where the rows come from\n")
    assert open_case(copy).id == "kantokuen"


def named(name: str) -> Bad:
    return next(bad for bad in KINDS if bad.name == name)


def test_all_faults_of_three_files_at_once(copy: Path) -> None:
    broken = [named("unknown unit"), named("link to itself"), named("unknown action")]
    lines = [edit(copy, bad) for bad in broken]
    problems = problems_of(copy)
    for bad, line in zip(broken, lines, strict=True):
        assert any(
            p.path == bad.file and abs(p.line - line) <= 2 and bad.words in str(p) for p in problems
        ), shown(problems)


def test_a_file_that_cannot_be_read_hides_no_fault_of_the_others(copy: Path) -> None:
    (copy / "case.yaml").write_text("\t")
    (copy / "parameters.yaml").write_text("parameters: 5\n")
    edit(copy, named("link to itself"))
    edit(copy, named("clause on itself"))
    paths = {problem.path for problem in problems_of(copy)}
    assert paths == {"case.yaml", "parameters.yaml", "tables/links.csv", "pacts.yaml"}


def test_two_faults_of_one_file_are_both_reported(copy: Path) -> None:
    edit(copy, named("chained"))
    edit(copy, named("unknown name"))
    text = shown(problems_of(copy))
    assert "may not be chained" in text
    assert "names what does not exist" in text


@pytest.mark.parametrize(
    "name",
    [
        "unknown action",
        "bad status",
        "negative stock",
        "unparsable cell",
        "bad confidence",
        "anchor",
        "negative force",
        "month 13",
        "NUL byte",
        "NUL byte in a table",
        "wrong columns",
        "wrong unit",
        "negative men",
        "circle of axes",
        "depot ends before it begins",
        "port with half a winter",
        "more than all in works",
        "success before the opening",
        "condition of the first phase",
        "outcome of an unknown campaign",
        "coefficient missing",
        "reference of nothing",
        "last rule is a condition",
        "campaign of a day",
        "unknown relief",
    ],
)
def test_one_fault_gives_one_problem(copy: Path, name: str) -> None:
    """No echo: what names a bad entry, or an entry of an unreadable file, is not blamed too."""
    edit(copy, named(name))
    problems = problems_of(copy)
    assert len(problems) == 1, shown(problems)


def test_problems_come_in_order_of_file_and_line(copy: Path) -> None:
    for name in ("unknown action", "unknown unit", "chained", "link to itself"):
        edit(copy, named(name))
    problems = problems_of(copy)
    places = [(problem.path, problem.line) for problem in problems]
    assert places == sorted(places)


def test_the_message_counts_and_gives_the_next_step(copy: Path) -> None:
    edit(copy, named("unknown action"))
    with pytest.raises(CaseError) as caught:
        open_case(copy)
    assert str(caught.value) == "the case 'broken' has 1 problem; nothing was run"
    assert caught.value.hint == "jukushi check broken"
    assert caught.value.exit_code == 4


@pytest.mark.parametrize("evil", [r"\e[31mred", r"a\nb", r"a\rb", r"a\u2028b", r"a\x85b"])
def test_no_line_break_or_terminal_code_reaches_the_reader(copy: Path, evil: str) -> None:
    edit(copy, Bad("", PARAMETERS, "unit: weeks", f'unit: "{evil}"', ""))
    edit(copy, Bad("", PACTS, "signed:", f'"{evil}": 1\n    signed:', ""))
    edit(copy, Bad("", DOCTRINES, RULE, f'"{evil}"', ""))
    paths = {problem.path for problem in problems_of(copy)}
    assert paths == {PARAMETERS, PACTS, DOCTRINES}


# Property: whatever is done to one file, opening succeeds or raises a CaseError.

FUZZED = (
    *SECTIONS, LINKS, "tables/weather.csv", "tables/economy.csv", WORKS, PORTS, DEPOTS, ORDERS,
)  # fmt: skip
SNIPPETS = (
    "", "-", ":", "#", "'", '"', "[", "]", "{", "}", "&a ", "*a", "!!int ", "!x ", "|", ">",
    "%", "\t", "\n", "\r", ",", "~", "null", "true", "0", "-1", "1e99", ".inf", ".nan",
    "1941-02-30", "0001-01-01",
    "9999-12-31", "\0", "\ufeff", "\u2028", "é", "()", "and ", "not ", "where(",
    "date(", "1/week/week", "<<: ", "- - - ", "? ", "99999999999999999999", "0x10", "1:30",
    "2001-01-01 00:00:00",
)  # fmt: skip


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("fuzz") / "case"
    shutil.copytree(Path(__file__).resolve().parent.parent / "cases" / "kantokuen", folder)
    yield folder
    shutil.rmtree(folder)


def open_with(folder: Path, file: str, data: bytes) -> None:
    """Open the case with one file replaced; anything but success or CaseError escapes."""
    path = folder / file
    before = path.read_bytes()
    path.write_bytes(data)
    try:
        open_case(folder)
    except CaseError as error:
        shown_well = [bool(ONE_LINE.fullmatch(str(problem))) for problem in error.problems]
        assert shown_well
        assert all(shown_well), shown(error.problems)  # noqa: PT017
    finally:
        path.write_bytes(before)


BOUNDED = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@BOUNDED
@given(data=st.data(), file=st.sampled_from(FUZZED))
def test_random_bytes_never_escape(scratch: Path, data: st.DataObject, file: str) -> None:
    raw = bytearray((scratch / file).read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        position = data.draw(st.integers(0, len(raw) - 1))
        raw[position] = data.draw(st.integers(0, 255))
    open_with(scratch, file, bytes(raw))


@BOUNDED
@given(data=st.data(), file=st.sampled_from(FUZZED))
def test_random_text_never_escapes(scratch: Path, data: st.DataObject, file: str) -> None:
    """Replace one token by a snippet that YAML, CSV, dates or expressions might trip over."""
    text = (scratch / file).read_text(encoding="utf-8")
    tokens = [match.span() for match in re.finditer(r"[\w.-]+|[^\w\s]", text)]
    start, end = data.draw(st.sampled_from(tokens))
    snippet = data.draw(st.sampled_from(SNIPPETS) | st.text(max_size=8))
    broken = text[:start] + snippet + text[end:]
    open_with(scratch, file, broken.encode("utf-8", "surrogatepass"))


@BOUNDED
@given(data=st.data(), file=st.sampled_from(FUZZED))
def test_random_lines_lost_or_doubled_never_escape(
    scratch: Path, data: st.DataObject, file: str
) -> None:
    lines = (scratch / file).read_text(encoding="utf-8").splitlines(keepends=True)
    start = data.draw(st.integers(0, len(lines) - 1))
    count = data.draw(st.integers(1, 5))
    times = data.draw(st.sampled_from((0, 2)))
    changed = [*lines[:start], *lines[start : start + count] * times, *lines[start + count :]]
    open_with(scratch, file, "".join(changed).encode())
