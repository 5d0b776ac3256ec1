import { startService } from '../kit/start-service.js';
import { reaper } from './service.js';

startService(reaper);
