using System.CommandLine;
using System.Text.Json;
using Throughline.Cli.CommandLine;
using Throughline.Cli.Service;

namespace Throughline.Cli.Commands;

/// <summary><c>webhooks</c>: where a tenant's decisions, customers, attributions and alarms are sent.</summary>
internal static class WebhooksCommand
{
    public static GroupCommand Create() =>
        new(
            "webhooks",
            "Send decisions, changes of customers, attributions and alarms to a receiver of yours, signed.",
            new WebhooksListCommand(),
            new WebhooksPutCommand(),
            new WebhooksActionCommand(
                "remove",
                "Remove a webhook: what waits is not delivered any more.",
                "Removed.",
                HttpMethod.Delete,
                "",
                new Example("./throughline webhooks remove orders --tenant shop", "One of the same id begins anew.")
            ),
            new WebhooksTestCommand(),
            new WebhooksRotateCommand(),
            new WebhooksResumeCommand()
        );

    public static Argument<string> Id() => new("ID") { Description = "The webhook's name: [a-z0-9_-]{1,64}." };

    public static string Path(string id, string action = "") =>
        $"v1/webhooks/{Uri.EscapeDataString(id)}{(action.Length > 0 ? "/" + action : "")}";

    public static async Task<JsonDocument> SendAsync(
        CommandContext context,
        HttpMethod method,
        string path,
        object body,
        CancellationToken cancellation
    )
    {
        await using ServiceConnection service = await ServiceConnection.OpenTenantAsync(context, cancellation);
        return await service
            .For(context.Tenant)
            .SendAsync(method, path, JsonSerializer.SerializeToUtf8Bytes(body), cancellation);
    }

    public static void ShowSecret(CommandContext context, JsonElement answer)
    {
        if (answer.TryGetProperty("secret", out JsonElement secret))
            context.Output.Line($"Secret, shown this once: {secret.GetString()}");
    }

    public static void Show(CommandContext context, JsonElement hook)
    {
        string kinds = string.Join(',', hook.GetProperty("kinds").EnumerateArray().Select(kind => kind.GetString()));
        context.Output.Line(
            $"{hook.GetProperty("id").GetString(), -20} {hook.GetProperty("status").GetString(), -9} {kinds} to {hook.GetProperty("url").GetString()}, {hook.GetProperty("delivered").GetInt64()} delivered{Trouble(hook)}"
        );
    }

    private static string Trouble(JsonElement hook) =>
        hook.TryGetProperty("lastError", out JsonElement error) && error.GetString() is { } text
            ? $"; {hook.GetProperty("failures").GetInt32()} tries failed, the last: {text}"
            : "";
}

/// <summary><c>webhooks list</c>.</summary>
internal sealed class WebhooksListCommand()
    : CliCommand(
        "list",
        "List a tenant's webhooks, and how far their deliveries are.",
        new Example("./throughline webhooks list --tenant shop", "With what went wrong last.")
    )
{
    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        await using ServiceConnection service = await ServiceConnection.OpenTenantAsync(context, cancellation);
        using JsonDocument answer = (await service.For(context.Tenant).GetAsync("v1/webhooks", cancellation))!;
        foreach (JsonElement hook in answer.RootElement.GetProperty("webhooks").EnumerateArray())
            WebhooksCommand.Show(context, hook);
        context.Output.Result(answer.RootElement);
        return ExitCode.Done;
    }
}

/// <summary><c>webhooks put ID</c>: creates or changes one.</summary>
internal sealed class WebhooksPutCommand : CliCommand
{
    private readonly Argument<string> id = WebhooksCommand.Id();

    private readonly Option<string> url = new("--url")
    {
        Description = "Where to: an https address that is public, unless the service allows more.",
        HelpName = "URL",
        Required = true,
    };

    private readonly Option<string[]> kinds = new("--kind")
    {
        Description =
            "What: decision, customer, attribution, alarm, or alarm.KIND of one kind; several times for several.",
        HelpName = "KIND",
        Required = true,
    };

    private readonly Option<string?> filter = new("--filter")
    {
        Description = "A CEL expression over id, type, time and data of an item; others are not sent.",
        HelpName = "EXPR",
    };

    private readonly Option<int?> batchMax = new("--batch-max")
    {
        Description = "Items of one delivery at most, 1 to 1,000; 100 unless told otherwise.",
        HelpName = "N",
    };

    private readonly Option<int?> batchMs = new("--batch-ms")
    {
        Description = "A delivery that is not full waits so long for more, milliseconds; 500 unless told otherwise.",
        HelpName = "MS",
    };

    private readonly Option<int?> pauseAfter = new("--pause-after-hours")
    {
        Description = "Deliveries pause when all failed for so long, 1 to 720; 72 unless told otherwise.",
        HelpName = "HOURS",
    };

    private readonly Option<bool> fromStart = new("--from-start")
    {
        Description = "A new webhook gets all that the log holds, not only what comes from now on.",
    };

    private readonly Option<string?> description = new("--description")
    {
        Description = "What for.",
        HelpName = "TEXT",
    };
    private readonly Option<string> author = PublicationOptions.Author();

    public WebhooksPutCommand()
        : base(
            "put",
            "Create or change a webhook; a new one's secret is shown this once.",
            new Example(
                "./throughline webhooks put orders --tenant shop --url https://example.com/hook --kind attribution",
                "Who earned each conversion, and every change of that."
            ),
            new Example(
                "./throughline webhooks put pager --url https://example.com/a --kind alarm --filter \"data.state == 'raised'\"",
                "Only what begins."
            )
        )
    {
        Add(id);
        foreach (
            Option option in (Option[])
                [url, kinds, filter, batchMax, batchMs, pauseAfter, fromStart, description, author]
        )
            Add(option);
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        Dictionary<string, object> body = new()
        {
            ["url"] = context.Get(url)!,
            ["kinds"] = context.Get(kinds)!,
            ["author"] = context.Get(author)!,
        };
        foreach (
            (string name, object? value) in new (string, object?)[]
            {
                ("filter", context.Get(filter)),
                ("batchMax", context.Get(batchMax)),
                ("batchMs", context.Get(batchMs)),
                ("pauseAfterHours", context.Get(pauseAfter)),
                ("description", context.Get(description)),
                ("from", context.Get(fromStart) ? "start" : null),
            }
        )
            if (value is not null)
                body[name] = value;
        using JsonDocument answer = await WebhooksCommand.SendAsync(
            context,
            HttpMethod.Put,
            WebhooksCommand.Path(context.Get(id)!),
            body,
            cancellation
        );
        WebhooksCommand.Show(context, answer.RootElement);
        WebhooksCommand.ShowSecret(context, answer.RootElement);
        context.Output.Result(answer.RootElement);
        return ExitCode.Done;
    }
}

/// <summary><c>webhooks remove ID</c>: one that takes no more than a name.</summary>
internal sealed class WebhooksActionCommand : CliCommand
{
    private readonly Argument<string> id = WebhooksCommand.Id();
    private readonly string done;
    private readonly HttpMethod method;
    private readonly string action;

    public WebhooksActionCommand(
        string name,
        string description,
        string done,
        HttpMethod method,
        string action,
        params Example[] examples
    )
        : base(name, description, examples)
    {
        (this.done, this.method, this.action) = (done, method, action);
        Add(id);
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        using JsonDocument answer = await WebhooksCommand.SendAsync(
            context,
            method,
            WebhooksCommand.Path(context.Get(id)!, action),
            new { },
            cancellation
        );
        context.Output.Line(done);
        context.Output.Result(answer.RootElement);
        return ExitCode.Done;
    }
}

/// <summary><c>webhooks test ID</c>: exit 1 if the receiver did not take it.</summary>
internal sealed class WebhooksTestCommand : CliCommand
{
    private readonly Argument<string> id = WebhooksCommand.Id();

    public WebhooksTestCommand()
        : base(
            "test",
            "Send one delivery that tells of nothing, now; exit 1 if the receiver does not take it.",
            new Example("./throughline webhooks test orders --tenant shop", "Its item has the type test.")
        ) => Add(id);

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        using JsonDocument answer = await WebhooksCommand.SendAsync(
            context,
            HttpMethod.Post,
            WebhooksCommand.Path(context.Get(id)!, "test"),
            new { },
            cancellation
        );
        bool delivered = answer.RootElement.GetProperty("delivered").GetBoolean();
        context.Output.Line(
            delivered ? "Delivered."
            : answer.RootElement.TryGetProperty("error", out JsonElement error) ? $"Not delivered: {error.GetString()}."
            : $"Not delivered: was answered {answer.RootElement.GetProperty("status").GetInt32()}."
        );
        context.Output.Result(answer.RootElement);
        return delivered ? ExitCode.Done : ExitCode.CheckFailed;
    }
}

/// <summary><c>webhooks rotate ID</c>: a new secret.</summary>
internal sealed class WebhooksRotateCommand : CliCommand
{
    private readonly Argument<string> id = WebhooksCommand.Id();

    private readonly Option<int?> overlap = new("--overlap-hours")
    {
        Description = "So long both secrets sign, 0 to 168; 24 unless told otherwise.",
        HelpName = "HOURS",
    };

    private readonly Option<string> author = PublicationOptions.Author();

    public WebhooksRotateCommand()
        : base(
            "rotate",
            "Give a webhook a new secret, shown this once; the one before signs, too, for a while.",
            new Example(
                "./throughline webhooks rotate orders --tenant shop",
                "Receivers accept either of two signatures."
            )
        )
    {
        Add(id);
        Add(overlap);
        Add(author);
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        Dictionary<string, object> body = new() { ["author"] = context.Get(author)! };
        if (context.Get(overlap) is { } hours)
            body["overlapHours"] = hours;
        using JsonDocument answer = await WebhooksCommand.SendAsync(
            context,
            HttpMethod.Post,
            WebhooksCommand.Path(context.Get(id)!, "rotate"),
            body,
            cancellation
        );
        WebhooksCommand.ShowSecret(context, answer.RootElement);
        context.Output.Result(answer.RootElement);
        return ExitCode.Done;
    }
}

/// <summary><c>webhooks resume ID</c>: one that paused.</summary>
internal sealed class WebhooksResumeCommand : CliCommand
{
    private readonly Argument<string> id = WebhooksCommand.Id();

    private readonly Option<string> from = new("--from")
    {
        Description = "here: where it stood; now: without what waits; start: all that the log holds.",
        HelpName = "PLACE",
        DefaultValueFactory = _ => "here",
    };

    public WebhooksResumeCommand()
        : base(
            "resume",
            "Deliver again after a pause, from where it stood unless told otherwise.",
            new Example("./throughline webhooks resume orders --tenant shop", "Nothing is left out.")
        )
    {
        from.AcceptOnlyFromAmong("here", "now", "start");
        Add(id);
        Add(from);
    }

    public override async Task<ExitCode> RunAsync(CommandContext context, CancellationToken cancellation)
    {
        using JsonDocument answer = await WebhooksCommand.SendAsync(
            context,
            HttpMethod.Post,
            WebhooksCommand.Path(context.Get(id)!, "resume"),
            new { from = context.Get(from) },
            cancellation
        );
        WebhooksCommand.Show(context, answer.RootElement);
        context.Output.Result(answer.RootElement);
        return ExitCode.Done;
    }
}
