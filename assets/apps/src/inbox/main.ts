import { startService } from '../kit/start-service.js';
import { inbox } from './service.js';

startService(inbox);
