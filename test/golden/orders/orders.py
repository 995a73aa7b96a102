"""Writes orders.csv: what a Python program makes of SELECT * FROM Orders. Rows as database drivers return them."""
import csv
from datetime import datetime
from pathlib import Path

ROWS = [
    (1, 'Backordered', datetime(2020, 6, 1, 12, 0, 0)),
    (1, 'Shipped', datetime(2020, 6, 9, 12, 0, 25)),
    (2, 'Shipped', datetime(2020, 7, 11, 3, 5, 0)),
    (1, 'Shipped', datetime(2020, 6, 9, 11, 50, 0)),
    (3, 'Shipped', datetime(2020, 7, 12, 12, 0, 0)),
]

with Path(__file__).with_name('orders.csv').open('w', newline='') as fp:
    csv.writer(fp, delimiter='|').writerows(ROWS)
