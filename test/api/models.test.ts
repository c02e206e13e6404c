/** The committed models are those of the pinned AWS SDK. */
import { expect, test } from 'bun:test';
import { basename } from 'node:path';
import { generateModels } from '../../tools/gen-model.ts';

test.each([...generateModels()].map(([path, text]) => [basename(path), path, text]))(
  '%s is current',
  async (_name, path, text) => {
    expect((await Bun.file(path).text()) === text, 'run `npm run generate` and commit the result').toBe(true);
  },
);
