/** `` `name` `` */
export function quoteName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}

/** `'text'`, safe since the session's sql_mode is empty: a backslash escapes. */
export function quoteText(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&').replaceAll('\0', '\\0')}'`
}
