"""Writes iss_pass.csv: what a Python program makes of the answer to GET /iss-pass.json?lat=42.36&lon=71.05."""
import csv
import json
from pathlib import Path

LAT, LON = 42.36, 71.05
ANSWER = json.loads(Path(__file__).with_name('iss_pass.json').read_text())

with Path(__file__).with_name('iss_pass.csv').open('w', newline='') as fp:
    writer = csv.writer(fp, delimiter='|')
    for each in ANSWER['response']:
        writer.writerow([LAT, LON, each['duration'], each['risetime']])
