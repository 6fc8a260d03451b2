import { goTo } from './address.ts';
import { start } from './start.ts';

start(goTo);
