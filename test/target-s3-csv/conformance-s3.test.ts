import { s3Server } from '../support/s3.js'
import { describeTarget, type Place } from '../support/target-conformance.js'
import { byPart, naming_convention, pieceOf, shared } from './pieces.js'

describeTarget(
  'target-s3-csv into S3',
  {
    ...shared,
    async newPlace(): Promise<Place> {
      const s3 = await s3Server()
      const name = await s3.newBucket()
      return {
        config: { s3_bucket: name, region: s3.region, naming_convention, ...s3.config },
        async read(stream) {
          const own = (await s3.keys(name)).filter((key) => key.startsWith(`${stream}/`)).toSorted(byPart)
          return Promise.all(own.map(async (key) => pieceOf((await s3.read(name, key)).toString())))
        },
        leftovers: () => s3.openUploads(name),
        ...(!process.env.TEST_S3_ENDPOINT && {
          // Our own server keeps objects as files: no `b/…` beside `b`.
          async refuse(Key: string) {
            const { PutObjectCommand } = await import('@aws-sdk/client-s3')
            await s3.client.send(new PutObjectCommand({ Bucket: name, Key, Body: 'taken' }))
          },
        }),
      }
    },
  },
  ['schemas', 'states', 'process'],
)
