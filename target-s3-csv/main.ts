#!/usr/bin/env node
import { runTarget } from '../singer/run.js'
import { target } from './target.js'

await runTarget(target)
