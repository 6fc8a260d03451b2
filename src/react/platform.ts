/** The package by its own name: whatever loads this file takes the entry of its own platform. */
export { createFailover } from 'switchover';
