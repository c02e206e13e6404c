/**
 * How urgent a viewer finds an answer: the Priority field and PRIORITY_UPDATE, RFC 9218 4 and 5. Which stream is served next is the
 * listener's to decide (adapters/listen/http2/send-queue.ts).
 */
import { parseDictionary } from '../structured-dictionary.ts';

export interface Priority {
  /** From 0, the most urgent, to 7. */
  readonly urgency: number;
  /** The answer is of use in parts: it shares with others of its urgency instead of waiting for its turn. */
  readonly isIncremental: boolean;
}

/** RFC 9218 4.1. */
const DEFAULT_URGENCY = 3;

/** Ours: who says nothing gets a fair share; RFC 9218 4.2 would have such answers follow each other. */
export const UNSAID: Priority = { urgency: DEFAULT_URGENCY, isIncremental: true };

/** RFC 9218 4: parameters that are out of range or of another type are ignored, and so is a field that cannot be read. */
export function readPriority(value: string): Priority {
  const members = parseDictionary(value);
  if (members === undefined) return UNSAID;
  const urgency = members.get('u');
  const incremental = members.get('i');
  return {
    urgency: urgency?.kind === 'integer' && urgency.value >= 0 && urgency.value <= 7 ? urgency.value : DEFAULT_URGENCY,
    isIncremental: incremental?.kind === 'boolean' && incremental.value,
  };
}
