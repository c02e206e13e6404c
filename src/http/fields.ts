/**
 * Header fields as the core sees them: an ordered list of lines with lower-case names.
 * RFC 9110 section 5. Casing for HTTP/1.1 is done at the rim (field-case.ts); parsing of a field's value has one file per field.
 */

/** One field line: lower-case name, value without surrounding whitespace. */
export type Field = readonly [name: string, value: string];
/** Field lines in the order received; a name may occur more than once. */
export type Fields = readonly Field[];

/** The field's combined value, lines joined with ", ", or undefined when absent. RFC 9110 5.2. */
export function fieldValue(fields: Fields, name: string): string | undefined {
  let combined: string | undefined;
  for (const field of fields) {
    if (field[0] !== name) continue;
    combined = combined === undefined ? field[1] : `${combined}, ${field[1]}`;
  }
  return combined;
}

/** Every line of the field, in order; for Set-Cookie, which does not combine. RFC 9110 5.3. */
export function fieldLines(fields: Fields, name: string): readonly string[] {
  const lines: string[] = [];
  for (const field of fields) if (field[0] === name) lines.push(field[1]);
  return lines;
}

export function hasField(fields: Fields, name: string): boolean {
  return fields.some((field) => field[0] === name);
}

/** The fields except those named. Names are lower case. */
export function withoutFields(fields: Fields, names: ReadonlySet<string>): Fields {
  return fields.filter((field) => !names.has(field[0]));
}

/** The fields with `name` set to one line, at the end when it was absent, in place of the first line when it was there. */
export function withField(fields: Fields, name: string, value: string): Fields {
  const next: Field[] = [];
  let placed = false;
  for (const field of fields) {
    if (field[0] !== name) next.push(field);
    else if (!placed) {
      next.push([name, value]);
      placed = true;
    }
  }
  if (!placed) next.push([name, value]);
  return next;
}
