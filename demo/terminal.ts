const { stdout } = process

/** Colours only where somebody looks at them. */
const paint = (code: number) => (text: string) => (stdout.isTTY ? `\u001b[${code}m${text}\u001b[0m` : text)
const bold = paint(1)
const dim = paint(2)
const green = paint(32)
const red = paint(31)
const cyan = paint(36)

let steps = 0

export function printStep(title: string): void {
  steps++
  stdout.write(`\n${bold(`${steps}. ${title}`)}\n`)
}

export function printCommand(command: string): void {
  stdout.write(`   ${cyan(`$ ${command.replaceAll('\n', '\n     ')}`)}\n`)
}

/** The text of a file or a program, indented. */
export function printText(text: string): void {
  stdout.write(`${text.trimEnd().replaceAll(/^/gm, '   ')}\n`)
}

export function printNote(text: string): void {
  printText(dim(text))
}

export function printMatch(what: string): void {
  stdout.write(`   ${green('✓')} ${what}\n`)
}

export function printDifference(what: string, expected: string, found: string): void {
  stdout.write(`   ${red('✗')} ${what} differs\n`)
  printText(`expected:\n${expected}\nfound:\n${found}`)
}

export function printTable(rows: readonly Readonly<Record<string, unknown>>[]): void {
  const names = Object.keys(rows[0] ?? {})
  const lines = [names, ...rows.map((row) => names.map((name) => String(row[name])))]
  const widths = names.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  printText(lines.map((line) => line.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')).join('\n'))
}
