import { setFlagsFromString } from 'node:v8'

// Flags that V8 reads while it runs: those for the sizes themselves count only on the command line.

/** For pages that live only shortly: their garbage is found soon. Measured on Node 20: 30 MB less, and no slower. */
export function keepYoungGenerationSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1')
}

/**
 * For pages that grow old while they are written: V8 else lets their memory, which is not in its heap, grow by 64 MB
 * before it looks for what is dead among it. Measured on Node 20, with a small young generation over 2 M documents of
 * tap-mongo in pages of 1 MiB: 100 MB instead of 150, for 0.35 s of 12 s.
 */
export function keepOldGenerationSmall(): void {
  setFlagsFromString('--heap-growing-percent=20')
}
