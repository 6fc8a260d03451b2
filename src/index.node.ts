export { SwitchoverError } from './policy/error.ts';
