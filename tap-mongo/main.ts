#!/usr/bin/env node
import { runTap } from '../singer/run.js'
import { tap } from './tap.js'

await runTap(tap)
