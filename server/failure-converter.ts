/**
 * Messages and stack traces of failures become payloads, so that the codec encrypts them too (protocol.md rule 15). Loaded by name:
 * by clients and workers (server/codec.ts) and by the workflow bundle, so it may import nothing but Temporal's common package.
 */
import { DefaultFailureConverter } from '@temporalio/common';

export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
