import { bytesStart, writeBase64, writeHex } from './binary.js'
import { BsonType } from './bson-type.js'
import { type Write, writeAscii } from './conversion.js'
import { valueEnd } from './value-end.js'

/** `{"$binary":{"base64":"…","subType":"04"}}` */
export const binaryObject: Write = (pos, conversion) => {
  const { input, output } = conversion
  const end = valueEnd(input, BsonType.binary, pos)
  writeAscii('{"$binary":{"base64":"', output)
  writeBase64(bytesStart(input, pos), end, conversion)
  writeAscii('","subType":"', output)
  writeHex(pos + 4, pos + 5, conversion)
  writeAscii('"}}', output)
  return end
}
