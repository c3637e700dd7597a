"""known.py -- what python3-protobuf does otherwise than the rules say: the differences that are no fault of ours.

json_format is corrected here, rule by rule, before it is compared with; `applied` counts how often each correction made
another result.  What still differs after that is a fault."""
import collections
import json

from google.protobuf import json_format

applied = collections.Counter()
RULES = {}


class Number(float):
    """A JSON number with a fraction or an exponent, and how it was written."""
    def __new__(cls, text):
        self = float.__new__(cls, text)
        self.text = text
        return self


def negative_zero(text):
    return -0.0 if text == "-0" else int(text)


def load(text):
    return json.loads(text, object_pairs_hook=json_format._DuplicateChecker, parse_float=Number)


class Printer(json_format._Printer):
    pass


class Parser(json_format._Parser):
    pass
