/**
 * A no of the admin endpoints that the caller can act on. Which no it is, is decided where it is thrown; how it is written, in admin-api.ts.
 */

export class AdminRefusal extends Error {
  constructor(
    readonly status: 400 | 403 | 404 | 409 | 413 | 415 | 503,
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'AdminRefusal';
  }
}
