"""Writes messages.jsonl and pipelinewise.csv: what Python's json and csv make of the messages' records, flattened and
sorted as pipelinewise-target-s3-csv does it, with the columns of the SCHEMA."""
import csv
import json
import random
import struct
from pathlib import Path

here = Path(__file__).parent
chance = random.Random(20261121)

TEXTS = [
    '', ' ', ' lead', 'trail ', 'a,b', 'say "hi"', 'two\nlines', 'two\r\nlines', 'C:\\temp\\new', '\\N', 'NULL', '=1+2',
    'café 日', '\U0001f600', '1e3', '2026-01-31T07:00:00Z', '2026-01-31T07:00:00.123+02:00', 'aGVsbG8=', '\t', "it's",
    '\u2028', '\x7f', '|', ';',
]
# As a tap may spell them.
NUMBERS = ['0', '-1', '18446744073709551615', '1.10', '1.0', '-0.0', '0.1', '1e3', '1E+3', '1e21', '1e22', '1e16', '1e15',
           '123456789012345680.0', '1e-4', '1e-5', '0.00001', '0.0001', '5e-324', '1.7976931348623157e308', '100.50']
JSONS = ['[]', '[1,2.50,1e2]', '["a","\\u00e9","é","\\ud83d\\ude00","\\/","\\u007f"]', '[{"b":1,"a":[null,true,false]}]',
         '[ 1 , 2 ]', '["say \\"hi\\"","a,b","two\\nlines"]', '[[]]', '[{}]']


def float_text():
    """Any double, in the digits that name it."""
    while True:
        value = struct.unpack('<d', chance.randbytes(8))[0]
        if value == value and abs(value) != float('inf'):
            return repr(value)


def flatten(record, parent=()):
    items = []
    for key in sorted(record):
        value = record[key]
        if isinstance(value, dict):
            items.extend(flatten(value, (*parent, key)).items())
        else:
            items.append(('__'.join((*parent, key)), json.dumps(value) if type(value) is list else value))
    return dict(items)


columns = {'text': '{}', 'number': '{}', 'flag': '{}', 'List': '{}',
           'nested': '{"type":["null","object"],"properties":{"z":{},"a":{"type":"object","properties":{"b":{}}}}}'}
names = ['List', 'flag', 'nested__a__b', 'nested__z', 'number', 'text']
properties = ','.join(f'"{name}":{schema}' for name, schema in columns.items())
messages = ['{"type":"SCHEMA","stream":"golden","schema":{"properties":{%s}},"key_properties":[]}' % properties]
texts = [*map(json.dumps, TEXTS), *(json.dumps(text, ensure_ascii=False) for text in TEXTS), 'null']
numbers = NUMBERS + [float_text() for _ in range(400)] + [f'{chance.uniform(-1e6, 1e6):.{digits}f}' for digits in range(1, 7)]
for at in range(max(len(texts), len(numbers))):
    text, number = texts[at % len(texts)], numbers[at % len(numbers)]
    flag, items = chance.choice(['true', 'false', 'null']), chance.choice(JSONS)
    messages.append(
        '{"type":"RECORD","stream":"golden","record":{"text":%s,"number":%s,"flag":%s,"List":%s,"nested":{"z":%s,"a":{"b":%s}}}}'
        % (text, number, flag, items, number, text))

(here / 'messages.jsonl').write_text('\n'.join(messages) + '\n', encoding='utf-8')
with open(here / 'pipelinewise.csv', 'w', newline='', encoding='utf-8') as file:
    writer = csv.DictWriter(file, names, extrasaction='ignore', delimiter=',', quotechar='"')
    writer.writeheader()
    for message in messages[1:]:
        writer.writerow(flatten(json.loads(message)['record']))
