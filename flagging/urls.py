"""Addresses of the flagging room."""

from django.urls import path

from flagging import budget_views, order_views, scorer_views, views

app_name = "flagging"
urlpatterns = [
    path("", views.pass_list, name="passes"),
    path("budget/", budget_views.budget, name="budget"),
    path("budget/learn/", budget_views.learn, name="learn"),
    path("budget/learning/<uuid:public_id>/", budget_views.learning, name="learning"),
    path("budget/order/", budget_views.again, name="order_again"),
    path("order/", order_views.order, name="order"),
    path("order/confirm/", order_views.confirm, name="order_confirm"),
    path("scorers/", scorer_views.scorers, name="scorers"),
    path("scorers/<slug:scorer>/<slug:workspace>/", scorer_views.licence, name="licence"),
    path("scorers/<slug:scorer>/<slug:workspace>/withdraw/", scorer_views.withdraw, name="withdraw_licence"),
    path("<uuid:public_id>/", views.pass_page, name="pass"),
    path("<uuid:public_id>/retry/", views.retry, name="retry"),
    path("<uuid:public_id>/pause/", views.pause, name="pause"),
    path("<uuid:public_id>/resume/", views.resume, name="resume"),
    path("<uuid:public_id>/cancel/", views.cancel, name="cancel"),
    path("<uuid:public_id>/<slug:detector>/", views.findings, name="findings"),
]
