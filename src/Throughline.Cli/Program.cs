using Throughline.Cli.CommandLine;

return await CommandLineApp.RunAsync(args, Console.Out, Console.Error, InterruptSource.Token);
