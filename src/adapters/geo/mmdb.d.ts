/** An import of a database of places `with { type: 'file' }` is the path where it can be read. */
declare module '*.mmdb' {
  const path: string;
  // The runtime gives it no other name.
  export default path;
}
