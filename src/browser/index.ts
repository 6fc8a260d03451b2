export { SwitchoverError, type SwitchoverErrorCode } from '../policy/error.ts';
