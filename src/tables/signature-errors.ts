/**
 * What a viewer is told whose signature does not let it in: CloudFront's codes and messages, word for word (facts 9.6), by the part that
 * fails. Which part it is, is decided in core/viewer-request/signature.
 */
import type { SignatureFault } from '../core/viewer-request/signature/signature-fault.ts';

export interface SignatureError {
  readonly code: string;
  readonly message: string;
}

const MISSING_KEY = { code: 'MissingKey', message: 'Missing Key-Pair-Id query parameter or cookie value' };
const UNKNOWN_KEY = { code: 'InvalidKey', message: 'Unknown Key' };
const MALFORMED_SIGNATURE = { code: 'MalformedSignature', message: 'Could not unencode Signature' };
const MALFORMED_POLICY = { code: 'MalformedPolicy', message: 'Malformed Policy' };
const ACCESS_DENIED = { code: 'AccessDenied', message: 'Access denied' };
/** Ours: reports name codes of this form for a part that is missing; the words are made like those of MissingKey. */
const MISSING_SIGNATURE = { code: 'MissingSignature', message: 'Missing Signature query parameter or cookie value' };
const MISSING_POLICY = { code: 'MissingPolicy', message: 'Missing Policy or Expires query parameter or cookie value' };

export function signatureError(fault: SignatureFault): SignatureError {
  switch (fault.part) {
    case 'key-pair-id':
      return fault.reason === 'unknown' ? UNKNOWN_KEY : MISSING_KEY;
    case 'signature':
      if (fault.reason === 'missing') return MISSING_SIGNATURE;
      return fault.reason === 'wrong' ? ACCESS_DENIED : MALFORMED_SIGNATURE;
    case 'policy':
      return fault.reason === 'missing' ? MISSING_POLICY : MALFORMED_POLICY;
    // CloudFront names no code for an algorithm that it does not know.
    case 'hash-algorithm':
    case 'resource':
    case 'date':
    case 'address':
      return ACCESS_DENIED;
  }
}

/** The whole body: one line without its end. */
export function signatureErrorBody({ code, message }: SignatureError): string {
  return `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;
}
