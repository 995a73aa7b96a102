/**
 * What an unexpected body begins with, for the log at debug level alone. Ends before a word that it would cut, since a
 * part of a secret is no longer taken for one.
 */
export function excerpt(body: Buffer): string {
  const text = body
    .subarray(0, maxBytes)
    .toString()
    .replace(/\p{Cc}+/gu, ' ')
  return body.length > maxBytes ? text.replace(/[^\s",;&<>]*$/, '') : text
}

const maxBytes = 200
