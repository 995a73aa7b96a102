import { join } from 'node:path'
import { expect } from 'chai'
import { runBin, withFolder, writeJson } from '../support/bins.js'
import { sqlServers } from '../support/servers.js'
import { expectSuccess, extractCsv, onlyFile } from './extract.js'

const decimal = `${'9'.repeat(35)}.${'1'.repeat(29)}0`
const smallest = `-0.${'0'.repeat(29)}1`

describe('digits from end to end', () => {
  for (const { name, server } of sqlServers) {
    it(`${name}: BIGINT UNSIGNED and DECIMAL(65,30) arrive digit for digit`, async () => {
      const { config, newDatabase, query } = await server()
      const database = await newDatabase()
      await query(`CREATE TABLE ${database}.t (id bigint unsigned PRIMARY KEY, amount decimal(65,30), small decimal(5,2));
        INSERT INTO ${database}.t VALUES (18446744073709551615, ${decimal}, -1.50), (9007199254740993, ${smallest}, 0)`)
      const csv = await extractCsv({ tap: { ...config, select: [`${database}-t`] } })
      expect(csv).to.equal(
        `id,amount,small\n9007199254740993,${smallest},0.00\n18446744073709551615,${decimal},-1.50\n`,
      )
    })
  }

  for (const digits of ['18446744073709551615', decimal, '-0.0', '1e400', '1E+2', '0.1000', '-1.0e-0005']) {
    it(`${digits} of another tap stays ${digits}`, async () => {
      const lines = [
        '{"type":"SCHEMA","stream":"t","key_properties":[],"schema":{"properties":{"n":{"type":["null","number"]}}}}',
        `{"type":"RECORD","stream":"t","record":{"n":${digits}}}`,
        `{"type":"STATE","value":{"bookmarks":{"t":{"replication_key_value":${digits}}}}}`,
      ]
      await withFolder(async (folder) => {
        const csv = join(folder, 'csv')
        const config = await writeJson(join(folder, 'target.json'), { output_path: csv })
        const finished = await runBin('target-s3-csv', ['--config', config], { input: `${lines.join('\n')}\n` })
        expectSuccess(finished)
        expect(await onlyFile(csv)).to.equal(`n\n${digits}\n`)
        expect(finished.stdout.toString()).to.equal(`{"bookmarks":{"t":{"replication_key_value":${digits}}}}\n`)
      })
    })
  }
})
