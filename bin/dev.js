#!/usr/bin/env -S node --import tsx
// Runs the sources as they are, without a build: `bin/dev.js up --local --dry-run`.
import { execute } from '@oclif/core';

await execute({ development: true, dir: import.meta.url });
