const token = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g

/** The line of the first key that its object has already: JSON.parse would take the last and lose the others. */
export function lineOfRepeatedKey(text: string): number | undefined {
  const open: (Set<string> | undefined)[] = []
  for (const found of text.matchAll(token)) {
    const [sign, colon] = found
    if (sign === '{') open.push(new Set())
    else if (sign === '[') open.push(undefined)
    else if (sign === '}' || sign === ']') open.pop()
    else if (colon !== undefined) {
      const keys = open.at(-1)
      const key = String(JSON.parse(sign.slice(0, -colon.length)))
      if (keys?.has(key)) return text.slice(0, found.index).split('\n').length
      keys?.add(key)
    }
  }
  return undefined
}
