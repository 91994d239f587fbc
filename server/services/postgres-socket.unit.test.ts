import { describe, expect, it } from 'vitest';
import { socketFolder } from './postgres-socket.ts';

describe('socketFolder', () => {
  it.runIf(process.platform !== 'win32')('is the data folder', () => {
    expect(socketFolder('/home/ann/guanjia/.data/postgres', 54321)).toBe('/home/ann/guanjia/.data/postgres');
  });

  it('is none where the path of the socket would be longer than systems take', () => {
    expect(socketFolder(`/home/${'a'.repeat(90)}`, 54321)).toBeUndefined();
    expect(socketFolder(`/home/${'\u7ba1'.repeat(30)}`, 54321)).toBeUndefined();
  });
});
