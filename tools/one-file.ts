/**
 * What the one-file binary begins with (build.ts). @peculiar/x509 does not load before `reflect-metadata`; src imports it first where it
 * is needed, but the bundler gives an import of ECMAScript modules precedence over one of CommonJS. Here nothing else is beside it.
 */
import 'reflect-metadata';

await import('../src/main.ts');
