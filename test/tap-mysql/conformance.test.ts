import { bin } from '../support/bins.js'
import { describeTap, type TapBackend } from '../support/conformance.js'
import { mariadbServer } from '../support/mariadb.js'
import { mysqlServer } from '../support/mysql.js'
import type { SqlServer } from '../support/sql-server.js'

describeTap('tap-mysql on MySQL', backendOn(mysqlServer))
describeTap('tap-mysql on MariaDB', backendOn(mariadbServer), ['discovery', 'messages', 'state', 'process'])

function backendOn(server: () => Promise<SqlServer>): TapBackend {
  return {
    command: bin('tap-mysql'),
    async setUp() {
      const { query, config, newDatabase } = await server()
      const database = await newDatabase()
      await query(`USE ${database}; ${tables}`)
      return {
        config: { ...config, filter_dbs: database },
        secret: 'password',
        big: { id: `${database}-big`, records: 60_000 },
        small: { id: `${database}-digits`, records: 10 },
        empty: { id: `${database}-nothing` },
        odd: {
          id: `${database}-od_d näme`,
          records: 1,
          properties: ['a b', 'é"x"', 'back`tick', 'dot.ted', 'constructor', '__proto__'],
        },
        incremental: {
          id: `${database}-events`,
          records: 3,
          replicationKey: 'updated_at',
          addRecord: async () => {
            await query(`INSERT INTO ${database}.events (updated_at) VALUES (NOW())`)
          },
        },
        huge: { id: `${database}-huge` },
      }
    },
  }
}

const tables = `
  CREATE TABLE digits (n int PRIMARY KEY, note varchar(10));
  INSERT INTO digits VALUES (0,''),(1,NULL),(2,'two'),(3,''),(4,''),(5,''),(6,''),(7,''),(8,''),(9,'');
  CREATE TABLE big (id bigint unsigned AUTO_INCREMENT PRIMARY KEY, text varchar(100), price decimal(12,4));
  INSERT INTO big (text, price) SELECT REPEAT('x', 60), a.n / 7
    FROM digits a, digits b, digits c, digits d, digits e WHERE e.n < 6;
  CREATE TABLE nothing (id int PRIMARY KEY);
  CREATE TABLE \`od.d näme\` (\`a b\` int PRIMARY KEY, \`é"x"\` json, \`back\`\`tick\` varchar(9), \`dot.ted\` date,
    constructor time, __proto__ bit(3));
  INSERT INTO \`od.d näme\` VALUES (1, '{"deep": [1.10, {"é": null}]}', 'tick', '2026-01-31', '-838:59:59', b'101');
  CREATE TABLE events (id int AUTO_INCREMENT PRIMARY KEY, updated_at timestamp(3) NOT NULL);
  INSERT INTO events (updated_at) VALUES ('2026-01-01'), ('2026-01-02 00:00:00.5'), ('2026-01-02 00:00:00.5');
  CREATE TABLE huge (id int PRIMARY KEY, text longtext);
  INSERT INTO huge VALUES (1, ''), (2, REPEAT('x', 26 << 20));`
