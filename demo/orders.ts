/** The table, what happens to it, and what must come out of it. */
export const orders = {
  create: 'CREATE TABLE Orders (OrderId int, OrderStatus varchar(30), LastUpdated timestamp)',
  fill: `INSERT INTO Orders VALUES
  (1, 'Backordered', '2020-06-01 12:00:00'),
  (1, 'Shipped', '2020-06-09 12:00:25'),
  (2, 'Shipped', '2020-07-11 3:05:00'),
  (1, 'Shipped', '2020-06-09 11:50:00'),
  (3, 'Shipped', '2020-07-12 12:00:00')`,
  change: `INSERT INTO Orders VALUES (4, 'Backordered', '2020-07-13 09:15:00');
UPDATE Orders SET OrderStatus = 'Delivered', LastUpdated = '2020-07-14 16:40:00' WHERE OrderId = 2`,
} as const

export const columns = ['OrderId', 'OrderStatus', 'LastUpdated']

/** Everything, in the order of LastUpdated. */
export const fullExtract = `OrderId,OrderStatus,LastUpdated
1,Backordered,2020-06-01T12:00:00Z
1,Shipped,2020-06-09T11:50:00Z
1,Shipped,2020-06-09T12:00:25Z
2,Shipped,2020-07-11T03:05:00Z
3,Shipped,2020-07-12T12:00:00Z
`

/** The new row and the changed one; the last row of the first run, which shares its bookmark, is not sent again. */
export const changes = `OrderId,OrderStatus,LastUpdated
4,Backordered,2020-07-13T09:15:00Z
2,Delivered,2020-07-14T16:40:00Z
`

/** The bookmark after each run. */
export const bookmarks = { fullExtract: '2020-07-12T12:00:00Z', changes: '2020-07-14T16:40:00Z' }
