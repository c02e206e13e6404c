/**
 * The package of a Lambda function, made of texts by their paths.
 */
import { zipSync, type Zippable } from 'fflate';

export function zipOf(files: Readonly<Record<string, string>>): Uint8Array {
  const zippable: Zippable = Object.fromEntries(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)]));
  return zipSync(zippable);
}
