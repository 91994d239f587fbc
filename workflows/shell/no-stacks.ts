/**
 * For the sandbox of workflows, before any is there. The SDK takes the stack of every promise of a workflow, for its query `__stack_trace`:
 * a third of what its thread does. Where a case stands its own query says (`snapshot`), so an error there has no stack, unless the worker
 * is started with TEMPORAL_DEBUG.
 */
Error.stackTraceLimit = 0;
