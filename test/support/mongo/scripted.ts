import type { Scripted, ScriptedOptions } from './types.js'

/** Starts the server; whoever starts it closes it. */
export async function startScripted(_options: ScriptedOptions = {}): Promise<Scripted> {
  throw new Error('contract')
}
