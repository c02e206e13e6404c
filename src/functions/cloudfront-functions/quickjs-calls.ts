/**
 * The raw calls of quickjs-emscripten that engine.ts makes, of the many that there are. The package calls them unstable: its version is
 * pinned, and every one is exercised by the tests of this folder.
 */

/** Into the instance's memory. */
export type Pointer = number;

/** Every argument and result is a number to WebAssembly. */
export interface Calls {
  QTS_NewRuntime(): Pointer;
  QTS_RuntimeSetMemoryLimit(runtime: Pointer, limit: number): void;
  QTS_RuntimeSetMaxStackSize(runtime: Pointer, size: number): void;
  QTS_RuntimeEnableInterruptHandler(runtime: Pointer): void;
  QTS_RuntimeComputeMemoryUsage(runtime: Pointer, context: Pointer): Pointer;
  QTS_NewContext(runtime: Pointer, intrinsics: number): Pointer;
  QTS_FreeContext(context: Pointer): void;
  QTS_GetUndefined(): Pointer;
  QTS_GetGlobalObject(context: Pointer): Pointer;
  QTS_NewString(context: Pointer, text: Pointer): Pointer;
  QTS_GetString(context: Pointer, value: Pointer): Pointer;
  QTS_FreeCString(context: Pointer, text: Pointer): void;
  QTS_GetFloat64(context: Pointer, value: Pointer): number;
  QTS_NewArrayBuffer(context: Pointer, data: Pointer, length: number): Pointer;
  QTS_GetArrayBuffer(context: Pointer, value: Pointer): Pointer;
  QTS_GetArrayBufferLength(context: Pointer, value: Pointer): number;
  QTS_FreeValuePointer(context: Pointer, value: Pointer): void;
  QTS_GetProp(context: Pointer, object: Pointer, name: Pointer): Pointer;
  QTS_SetProp(context: Pointer, object: Pointer, name: Pointer, value: Pointer): void;
  QTS_NewFunction(context: Pointer, name: string, length: number, isConstructor: boolean, id: number): Pointer;
  QTS_NewError(context: Pointer): Pointer;
  QTS_Throw(context: Pointer, error: Pointer): Pointer;
  QTS_ArgvGetJSValueConstPointer(values: Pointer, index: number): Pointer;
  QTS_Call(context: Pointer, callee: Pointer, self: Pointer, count: number, values: Pointer): Pointer;
  QTS_Eval(context: Pointer, source: Pointer, length: number, filename: string, detectModule: boolean, flags: number): Pointer;
  QTS_ResolveException(context: Pointer, value: Pointer): Pointer;
  QTS_IsJobPending(runtime: Pointer): number;
  QTS_ExecutePendingJob(runtime: Pointer, most: number, context: Pointer): Pointer;
}
