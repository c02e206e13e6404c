/** An import of a Python file `with { type: 'text' }` is its text. */
declare module '*.py' {
  const text: string;
  // The runtime gives it no other name.
  export default text;
}
