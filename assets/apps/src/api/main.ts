import { startService } from '../kit/start-service.js';
import { api } from './service.js';

startService(api);
