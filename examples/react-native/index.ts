import { AppRegistry } from 'react-native';
import { name } from './app.json';
import { App } from './src/App.tsx';

AppRegistry.registerComponent(name, () => App);
