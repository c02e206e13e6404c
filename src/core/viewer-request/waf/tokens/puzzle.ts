/**
 * The question of a captcha: words, so that it can be read aloud, and an answer that a person finds at once. Ours. It keeps out simple scripts,
 * not whoever teaches a script to read; its proof of work costs both the same (docs/guides/waf.md says what that is worth).
 */
export interface Puzzle {
  readonly question: string;
  /** Lower case. */
  readonly answer: string;
}

const NUMBERS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'] as const;
const KINDS = [
  ['an animal', ['horse', 'rabbit', 'eagle', 'dolphin', 'spider', 'camel']],
  ['a colour', ['yellow', 'purple', 'green', 'orange', 'silver', 'brown']],
  ['something to eat', ['bread', 'soup', 'cheese', 'potato', 'honey', 'noodle']],
  ['a part of the body', ['elbow', 'ankle', 'shoulder', 'finger', 'chin', 'knee']],
  ['a piece of furniture', ['table', 'sofa', 'shelf', 'wardrobe', 'stool', 'bed']],
] as const;

/** `draw` gives numbers from 0 to 1, 1 excluded. */
export function makePuzzle(draw: () => number): Puzzle {
  const pick = (count: number): number => Math.min(count - 1, Math.floor(draw() * count));
  if (draw() < 0.5) {
    const [one, other] = [pick(NUMBERS.length), pick(NUMBERS.length)];
    return { question: `How much is ${NUMBERS[one]} plus ${NUMBERS[other]}? Write it in digits.`, answer: String(one + other) };
  }
  const wanted = pick(KINDS.length);
  const others = KINDS.filter((_, at) => at !== wanted);
  const [kind, words] = KINDS[wanted]!;
  const answer = words[pick(words.length)]!;
  const offered: string[] = others.slice(0, 3).map(([, rest]) => rest[pick(rest.length)]!);
  offered.splice(pick(offered.length + 1), 0, answer);
  return { question: `Which of these words is ${kind}: ${offered.join(', ')}?`, answer };
}
