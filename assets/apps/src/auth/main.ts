import { startService } from '../kit/start-service.js';
import { auth } from './service.js';

startService(auth);
