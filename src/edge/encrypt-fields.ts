/**
 * The step of field-level encryption: a posted form is read whole, what its profile names is encrypted, and the origin gets the rest as it
 * came. Which request and which fields are decided in core/origin-request/decide-field-encryption.ts.
 */
import { decideFieldEncryption, planFormEncryption, type FormPiece } from '../core/origin-request/decide-field-encryption.ts';
import type { FieldEncryptionStatus } from '../core/outcome.ts';
import type { FieldLevelEncryption } from '../model/field-level-encryption.ts';
import { ERROR_CAUSES } from '../tables/error-causes.ts';
import { FIELD_ENCRYPTION_QUOTAS } from '../tables/quotas.ts';
import { peekBody } from './bodies/peek-body.ts';
import type { EdgePorts, FieldEncryptor, RequestBody } from './ports.ts';
import { refusal } from './replies.ts';
import type { MatchedVisit, Reply } from './visit.ts';

/** The reply, where the request is refused; undefined where it goes on, its fields encrypted or not concerned. */
export type EncryptFields = (visit: MatchedVisit, encryption: FieldLevelEncryption) => Promise<Reply | undefined>;

export function createEncryptFields({ fieldEncryptor, report }: Pick<EdgePorts, 'fieldEncryptor' | 'report'>): EncryptFields {
  return async function encryptFields(visit, encryption) {
    const decision = decideFieldEncryption(encryption, visit.request);
    if (decision.kind === 'none') return undefined;
    if (decision.kind === 'refused') return refuse(visit, decision.status);
    if (decision.kind === 'forward') {
      visit.fieldEncryption = { status: decision.status };
      return undefined;
    }
    const body = await readWhole(visit.body);
    if (body === 'too long') return refuse(visit, 'RequestLengthLimitClientError');
    if (body === 'broken off') return refusal({ status: 400, detail: 'ClientCommError', cause: ERROR_CAUSES.badRequest });
    const plan = planFormEncryption(decision.profile, body.toString('latin1'));
    if (plan.kind === 'refused') return refuse(visit, plan.status);
    try {
      visit.body = bodyOf(await Promise.all(plan.pieces.map((piece) => written(fieldEncryptor, piece))));
    } catch (error) {
      report('fields could not be encrypted; the request is refused', error);
      return refuse(visit, 'ServerError');
    }
    visit.fieldEncryption = { status: 'Processed', fields: plan.encryptedFields };
    return undefined;
  };
}

function refuse(visit: MatchedVisit, status: FieldEncryptionStatus): Reply {
  visit.fieldEncryption = { status };
  const isOurs = status === 'ServerError';
  return refusal({
    status: isOurs ? 500 : 400,
    detail: isOurs ? 'Error' : 'InvalidRequest',
    cause: `${isOurs ? ERROR_CAUSES.unspecified : ERROR_CAUSES.badRequest} (Field-level encryption: ${status})`,
  });
}

/** CloudFront: the ciphertext is in base64, which a form must write percent-encoded. */
async function written(encryptor: FieldEncryptor, piece: FormPiece): Promise<string> {
  if (typeof piece === 'string') return piece;
  const encrypted = await encryptor.encrypt(piece.key, Buffer.from(piece.value, 'latin1'));
  return encodeURIComponent(Buffer.from(encrypted).toString('base64'));
}

/** CloudFront: such a body goes to the origin in chunks (facts 10.7). */
function bodyOf(pieces: readonly string[]): RequestBody {
  const octets = Buffer.from(pieces.join(''), 'latin1');
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield octets;
  }
  return { kind: 'stream', length: undefined, chunks: chunks() };
}

async function readWhole(body: RequestBody): Promise<Buffer | 'too long' | 'broken off'> {
  if (body.kind === 'none') return Buffer.alloc(0);
  const { bodyLength } = FIELD_ENCRYPTION_QUOTAS;
  if (body.length !== undefined && body.length > bodyLength) return 'too long';
  try {
    const { head, isLarger, discard } = await peekBody(body, bodyLength);
    if (!isLarger) return Buffer.from(head.buffer, head.byteOffset, head.byteLength);
    discard();
    return 'too long';
  } catch {
    // The viewer has left, or lied about the length: the listener knows which, and nobody waits for the answer.
    return 'broken off';
  }
}
