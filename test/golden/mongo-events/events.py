"""Writes events.csv: what a Python program makes of the events of 2020-12-13. Documents as the driver returns them."""
import csv
import json
from datetime import datetime
from pathlib import Path

START, END = datetime(2020, 12, 13), datetime(2020, 12, 14)


def typed(pairs):
    fields = dict(pairs)
    if '$date' in fields:
        return datetime.fromisoformat(fields['$date'].removesuffix('Z'))
    for name in ('$numberInt', '$numberLong'):
        if name in fields:
            return int(fields[name])
    return fields.get('$oid', fields)


EVENTS = json.loads(Path(__file__).with_name('events.json').read_text(encoding='utf-8'), object_pairs_hook=typed)
found = [event for event in EVENTS if 'event_timestamp' in event and START <= event['event_timestamp'] < END]
found.sort(key=lambda event: (event['event_timestamp'], event['_id']))

with Path(__file__).with_name('events.csv').open('w', newline='', encoding='utf-8') as fp:
    writer = csv.writer(fp, delimiter='|')
    for event in found:
        writer.writerow([event.get('event_id', -1), event.get('event_timestamp'), event.get('event_name')])
