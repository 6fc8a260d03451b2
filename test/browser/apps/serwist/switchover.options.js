export const options = {
  hosts: ['https://www.example.com', 'https://backup.example.com'],
};
